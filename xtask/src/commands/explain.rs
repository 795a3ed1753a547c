//! `explain`: what a diagnostic means.

use anyhow::anyhow;

use crate::failure::Failure;

/// Prints the explanation of a code.
pub(crate) fn run(code: &str) -> Result<(), Failure> {
    let explanation = seedbed_codegen::explain(&code.to_uppercase());
    let text = explanation
        .ok_or_else(|| Failure::Usage(anyhow!("no diagnostic has the code `{code}`; codes look like `SB031`")))?;
    say!("{}", text.trim_end());
    Ok(())
}
