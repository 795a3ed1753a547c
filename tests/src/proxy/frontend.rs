//! Reads the messages that a PostgreSQL client sends, from pieces of any size. Reads nothing that the server sends.

use std::collections::HashMap;

/// What the proxy wants to know of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A session begins.
    Startup,
    /// Another connection's statement shall be cancelled.
    Cancel,
    /// A simple query, with its text.
    Query(String),
    /// A statement to prepare, with its text.
    Parse(String),
    /// A prepared statement is executed, with its text where it was prepared on this connection.
    Execute(Option<String>),
    /// The end of a batch.
    Sync,
    /// Anything else.
    Other,
}

/// The state of one connection's stream of messages.
#[derive(Default)]
pub(super) struct Frontend {
    /// The beginning of a message whose rest is still to come.
    pending: Vec<u8>,
    /// How much of an uninteresting message's body is still to come.
    to_skip: usize,
    has_started: bool,
    statements: HashMap<Vec<u8>, String>,
    portals: HashMap<Vec<u8>, Vec<u8>>,
}

/// The codes that stand where a session has the version of the protocol.
const CANCEL: u32 = 80_877_102;
const SSL: u32 = 80_877_103;
const GSS: u32 = 80_877_104;

/// Whether the first eight bytes of a connection ask for encryption. The client then waits for one letter, and begins
/// again. What comes after that is for [`Frontend`].
pub(super) fn asks_for_encryption(opening: &[u8; 8]) -> bool {
    matches!(number(opening, 4), Some(SSL | GSS))
}

impl Frontend {
    /// Takes the next piece, and gives the messages that it begins or completes.
    pub(super) fn read(&mut self, mut piece: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        let skipped = self.to_skip.min(piece.len());
        self.to_skip -= skipped;
        piece = &piece[skipped..];
        self.pending.extend_from_slice(piece);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while let Some((message, length)) = self.message(rest) {
            messages.push(message);
            self.to_skip = length.saturating_sub(rest.len());
            rest = &rest[length.min(rest.len())..];
        }
        self.pending = rest.to_vec();
        messages
    }

    /// The message at the beginning of `bytes` with its length, once enough of it is there.
    fn message(&mut self, bytes: &[u8]) -> Option<(Message, usize)> {
        if !self.has_started {
            let length = number(bytes, 0)? as usize;
            let message = if number(bytes, 4)? == CANCEL { Message::Cancel } else { Message::Startup };
            self.has_started = true;
            return Some((message, length));
        }
        // A length counts itself: less than four is no message of PostgreSQL's, and the server will say so.
        let length = number(bytes, 1)?.max(4) as usize + 1;
        let tag = bytes[0];
        // The others may be long, as those of COPY are, and are counted without being collected.
        if matches!(tag, b'Q' | b'P' | b'B' | b'E') && bytes.len() < length {
            return None;
        }
        let message = match tag {
            b'Q' => Message::Query(text(strings(&bytes[5..length]).next())),
            b'P' => self.parse(&bytes[5..length]),
            b'B' => self.bind(&bytes[5..length]),
            b'E' => self.execute(&bytes[5..length]),
            b'S' => Message::Sync,
            _ => Message::Other,
        };
        Some((message, length))
    }

    fn parse(&mut self, body: &[u8]) -> Message {
        let mut strings = strings(body);
        let name = strings.next().unwrap_or_default().to_vec();
        let statement = text(strings.next());
        self.statements.insert(name, statement.clone());
        Message::Parse(statement)
    }

    fn bind(&mut self, body: &[u8]) -> Message {
        let mut strings = strings(body);
        let portal = strings.next().unwrap_or_default().to_vec();
        let statement = strings.next().unwrap_or_default().to_vec();
        self.portals.insert(portal, statement);
        Message::Other
    }

    fn execute(&self, body: &[u8]) -> Message {
        let portal = strings(body).next().unwrap_or_default();
        let statement = self.portals.get(portal).and_then(|name| self.statements.get(name));
        Message::Execute(statement.cloned())
    }
}

/// The big-endian number at `at`.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The zero-terminated strings that `body` begins with.
fn strings(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|&byte| byte == 0)
}

fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag], &length[..], body].concat()
    }

    fn untagged(code: u32) -> Vec<u8> {
        [8_u32.to_be_bytes(), code.to_be_bytes()].concat()
    }

    fn session() -> Vec<u8> {
        [
            untagged(196_608),
            tagged(b'p', b"secret\0"),
            tagged(b'P', b"s1\0SELECT $1\0\0\0"),
            tagged(b'S', b""),
            tagged(b'B', b"\0s1\0\0\0\0\x01\0\0\0\x01x\0\0"),
            tagged(b'E', b"\0\0\0\0\0"),
            tagged(b'S', b""),
            tagged(b'd', &[7; 1000]),
            tagged(b'Q', b"BEGIN\0"),
        ]
        .concat()
    }

    fn expected() -> Vec<Message> {
        vec![
            Message::Startup,
            Message::Other,
            Message::Parse("SELECT $1".into()),
            Message::Sync,
            Message::Other,
            Message::Execute(Some("SELECT $1".into())),
            Message::Sync,
            Message::Other,
            Message::Query("BEGIN".into()),
        ]
    }

    #[test]
    fn pieces_of_any_size_give_the_same_messages() {
        for size in [1, 2, 7, 64, 5000] {
            let mut frontend = Frontend::default();
            let messages: Vec<Message> = session().chunks(size).flat_map(|piece| frontend.read(piece)).collect();
            assert_eq!(messages, expected(), "in pieces of {size} bytes");
        }
    }

    #[test]
    fn only_encryption_is_answered_here() {
        let asks = |code| asks_for_encryption(&untagged(code).try_into().unwrap());
        assert!(asks(SSL) && asks(GSS));
        assert!(!asks(CANCEL) && !asks(196_608));
    }

    #[test]
    fn a_cancel_request_is_no_session() {
        assert_eq!(Frontend::default().read(&untagged(CANCEL)), [Message::Cancel]);
    }
}
