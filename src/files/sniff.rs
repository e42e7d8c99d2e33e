//! What a file is, by what is in it.

use std::io;
use std::path::Path;

use file_format::FileFormat;

use crate::error::{Detail, Error};
use crate::language::Said;
use crate::profile::Attachments;
use crate::say;

/// What a file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its media type.
    pub media_type: String,
    /// The ending of names of such files.
    pub ending: String,
}

/// Looks into a file. Blocks: call it off the async threads.
///
/// # Errors
/// The file system's.
pub fn sniff(path: &Path) -> io::Result<Found> {
    let format = FileFormat::from_file(path)?;
    Ok(Found { media_type: format.media_type().to_owned(), ending: format.extension().to_owned() })
}

/// A media type without parameters, in lower case, under its usual name.
pub fn media_type(text: &str) -> String {
    let bare = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match bare.as_str() {
        "image/jpg" | "image/pjpeg" => "image/jpeg".to_owned(),
        "image/x-png" => "image/png".to_owned(),
        "application/x-pdf" => "application/pdf".to_owned(),
        _ => bare,
    }
}

/// What a browser runs when it opens it. Only a profile that names it takes it: `image/*` does not mean SVG.
fn is_active(media_type: &str) -> bool {
    media_type.ends_with("+xml") || matches!(media_type, "text/html" | "text/xml" | "application/xml")
}

/// Whether the desk takes files of this type.
pub fn takes(allowed: &Attachments, media_type: &str) -> bool {
    if is_active(media_type) {
        return allowed.types.iter().any(|named| named == media_type);
    }
    allowed.takes(media_type)
}

/// The refusal of a type, with those that are taken.
pub fn refused(allowed: &Attachments, message: impl Into<Said>) -> Error {
    let hint = say!("Send one of: {allowed}.", allowed = allowed.types.join(", "));
    Error::invalid("contentType", message).hint(hint).detail(Detail::Allowed(allowed.types.clone()))
}

/// Checks that a file is what it was announced as, and that the desk takes it.
///
/// # Errors
/// `INVALID_VALUE` at `contentType` with the types that are taken.
pub fn check(allowed: &Attachments, announced: &str, found: &Found) -> Result<(), Error> {
    let is = &found.media_type;
    if !takes(allowed, is) {
        return Err(refused(allowed, say!("The file is {is}, which this desk does not take.", is)));
    }
    if is != announced {
        return Err(refused(allowed, say!("The file was announced as {announced}, but it is {is}.", announced, is)));
    }
    Ok(())
}
