//! Reading a spec and reporting on it.

use std::io::{IsTerminal, stderr};
use std::path::Path;

use seedbed_codegen::{Loaded, diagnostics::Diagnostics};

use crate::Format;
use crate::failure::Failure;

/// Reads a spec; its errors and warnings are written to standard error (as JSON: to standard output).
pub(crate) fn load(path: &Path, format: Format) -> Result<Loaded, Failure> {
    match seedbed_codegen::load(path) {
        Ok(loaded) => {
            report(&loaded.warnings, format);
            Ok(loaded)
        }
        Err(diagnostics) => {
            report(&diagnostics, format);
            Err(Failure::Reported)
        }
    }
}

/// Writes what was found, unless it is nothing, which only JSON says.
pub(crate) fn report(diagnostics: &Diagnostics, format: Format) {
    match format {
        Format::Json => say!("{}", diagnostics.to_json()),
        Format::Text if diagnostics.is_empty() => {}
        Format::Text => eprintln!("{}", diagnostics.render(stderr().is_terminal())),
    }
}
