//! What is known of AWS, as data: services, calls, resource types, controls.
//!
//! Each table is one comma-separated file in `data/`, written for people to read and correct. A
//! field holds no comma and no quote; several values in a field are separated by a space.

pub mod calls;
pub mod controls;
pub mod frameworks;
pub mod services;
mod table;
pub mod types;

/// Builds the indexes that a first look-up would build: for an init phase that has a full core.
pub fn warm() {
    types::warm();
    services::warm();
    let _ = controls::SecurityHubControl::find("");
    controls::SecurityHubControl::of_call("", "").for_each(drop);
}
