//! Controls of database instances.

pub mod instances_not_public;
