//! Profiles: what differs between desks, as data.
