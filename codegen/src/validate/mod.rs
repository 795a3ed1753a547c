//! Rules that are checked when everything is lowered, one file each.

mod collisions;
mod constraints;
mod cycles;
mod generated_names;
mod indexes;
mod renames;
pub(crate) mod reserved;
mod seed_order;
mod versions;

use seedbed_schema::Seed;

use crate::diagnostics::Report;
use crate::lower::Drafts;
use crate::source::Span;

/// Reports every rule that the lowered spec breaks.
pub(crate) fn validate(drafts: &Drafts<'_>, seeds: &[(Seed, Span)], report: &mut Report) {
    reserved::database_names(drafts, report);
    generated_names::validate(drafts, report);
    collisions::validate(drafts, report);
    constraints::validate(drafts, report);
    indexes::validate(drafts, report);
    cycles::validate(drafts, report);
    renames::validate(drafts, report);
    versions::validate(drafts, report);
    seed_order::validate(drafts, seeds, report);
}
