//! What is generated from a spec: whole crates as reviewers see them, the same bytes every time, small changes for small
//! changes. The crates below `fixtures/` are members of the workspace, so the compiler and clippy read them too.

mod committed;
mod golden;
mod repeated;
mod reviewed;
mod support;
