//! The lines of a file while they are written: indentation, dashes, comments and blank lines.

/// How many blanks a level is indented by.
pub(super) const INDENT: usize = 2;

/// The lines written so far.
pub(super) struct Lines {
    text: String,
    /// The indentation and dashes that the next line begins with.
    dashes: String,
    /// Whether the next line is the first of the file or of what a key holds.
    first: bool,
}

impl Lines {
    /// No lines.
    pub(super) fn new() -> Self {
        Self { text: String::new(), dashes: String::new(), first: true }
    }

    /// Writes a line, with a comment beside it.
    pub(super) fn push(&mut self, depth: usize, text: &str, comment: Option<&str>) {
        self.begin(depth);
        self.text += text;
        if let Some(comment) = comment {
            self.text += "  ";
            self.text += comment;
        }
        self.text.push('\n');
        self.first = false;
    }

    /// Writes a line of a text, which may be blank.
    pub(super) fn push_text(&mut self, depth: usize, text: &str) {
        match text {
            "" => self.text.push('\n'),
            text => self.push(depth, text, None),
        }
    }

    /// Writes a blank line, where one separates something and none is there.
    pub(super) fn blank(&mut self) {
        if !self.first && !self.in_item() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Says that what a key holds comes next.
    pub(super) fn open(&mut self) {
        self.first = true;
    }

    /// Begins an item of a list; its first line goes on behind the dash.
    pub(super) fn item(&mut self, depth: usize) {
        if self.dashes.is_empty() {
            self.dashes = " ".repeat(depth * INDENT);
        }
        self.dashes += "- ";
    }

    /// Whether the next line goes on behind a dash.
    pub(super) fn in_item(&self) -> bool {
        !self.dashes.is_empty()
    }

    /// All of them.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn begin(&mut self, depth: usize) {
        match self.in_item() {
            true => self.text += &std::mem::take(&mut self.dashes),
            false => self.text += &" ".repeat(depth * INDENT),
        }
    }
}
