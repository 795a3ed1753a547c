//! The texts that raw SQL is made of: those that stand in the program, and those that somebody vouches for.

use std::borrow::Cow;

/// A text that raw SQL may be made of. One that is built at run time may hold what a stranger typed, so it is only taken as
/// [`trusted`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text that raw SQL is made of",
    label = "expected a text in quotes, or `trusted(text)`",
    note = "values do not belong into the text: `.bind(value)` binds them",
    note = "a text that is built at run time, and holds nothing that a stranger typed, is given as `trusted(text)`"
)]
pub trait SqlText: sealed::Sealed {
    /// The text.
    #[doc(hidden)]
    fn into_text(self) -> Cow<'static, str>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for &'static str {}
    impl Sealed for super::Trusted {}
}

/// A text built at run time that somebody vouches for; made by [`trusted`].
#[derive(Debug, Clone)]
pub struct Trusted(String);

/// Vouches for a text that was built at run time: it holds no value, and nothing that came from outside of the program.
pub fn trusted(text: impl Into<String>) -> Trusted {
    Trusted(text.into())
}

impl SqlText for &'static str {
    fn into_text(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl SqlText for Trusted {
    fn into_text(self) -> Cow<'static, str> {
        Cow::Owned(self.0)
    }
}
