//! The desks that are measured: the help desk, with less or with more than it has.

use std::path::{Path, PathBuf};

use anyhow::ensure;

/// Where the profile of a measured desk is, in its folder.
pub fn of(folder: &Path) -> PathBuf {
    folder.join("profile.toml")
}

/// The help desk as it is.
pub fn helpdesk() -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/profile/builtin/helpdesk.toml"))?)
}

/// The help desk that tells nobody anything: it writes what the handlers written by hand write.
pub fn without_messages() -> anyhow::Result<String> {
    let mut profile: toml::Table = helpdesk()?.parse()?;
    ensure!(profile.remove("notifications").is_some(), "the profile has no messages");
    Ok(toml::to_string(&profile)?)
}

/// The help desk with a kind of reference, a reward and routing.
pub fn with_everything() -> anyhow::Result<String> {
    let mut text = helpdesk()?;
    for (before, after) in [("on_create = false", "on_create = true"), ("capacity = 20 ", "capacity = 1000000 ")] {
        ensure!(text.contains(before), "the profile has no `{before}`");
        text = text.replace(before, after);
    }
    text.push_str("\n[[reference_kinds]]\nkey = \"order\"\nname = \"Order\"\nowner = \"person\"\n");
    text.push_str("\n[references]\nrequired = true\nowned = true\n");
    text.push_str("\n[rewards.create]\nname = \"support_interaction\"\npoints = 10\n");
    Ok(text)
}
