//! A folder of Markdown files with YAML front matter: one article a file, its relative path the id.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};
use serde_json::{Map, Value};

use super::Taken;

/// How deep folders may lie in one another: a link that leads in circles ends here.
const DEPTH: usize = 20;
/// The largest file.
const FILE_MAX: u64 = 16 * 1024 * 1024;

/// The Markdown files in a folder and below, in alphabetical order: relative path with `/`, and where it is.
pub fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    walk(folder, "", 0, &mut files)?;
    files.sort();
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    if depth > DEPTH {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
        } else if name.ends_with(".md") || name.ends_with(".markdown") {
            files.push((format!("{prefix}{name}"), path));
        }
    }
    Ok(())
}

/// The fields of one file: its front matter, and its text as `body_markdown`.
pub fn read(relative: &str, path: &Path) -> Taken<Map<String, Value>> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > FILE_MAX {
        return Err(format!("the file is larger than {} MiB", FILE_MAX >> 20));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
    fields(relative, text)
}

/// The fields of a text with front matter. Without a title there, the first heading is it, and leaves the text.
pub fn fields(relative: &str, text: &str) -> Taken<Map<String, Value>> {
    let (matter, body) = split(text);
    let mut map = match matter {
        Some(yaml) if !yaml.trim().is_empty() => match serde_saphyr::from_str(&yaml) {
            Ok(Value::Object(map)) => map,
            Ok(_) => return Err("the front matter is YAML, but no mapping of names to values".to_owned()),
            Err(error) => {
                let error = error.to_string();
                return Err(format!("the front matter is not YAML: {}", error.lines().next().unwrap_or_default()));
            }
        },
        _ => Map::new(),
    };
    map.insert("id".to_owned(), Value::from(relative));
    let mut body = body;
    if !map.contains_key("title")
        && let Some((title, rest)) = heading(body)
    {
        map.insert("title".to_owned(), Value::from(title));
        body = rest;
    }
    map.insert("body_markdown".to_owned(), Value::from(body.trim()));
    Ok(map)
}

/// Front matter and the rest.
fn split(text: &str) -> (Option<String>, &str) {
    let mut yaml = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_YAML_STYLE_METADATA_BLOCKS).into_offset_iter() {
        match event {
            Event::Start(Tag::MetadataBlock(MetadataBlockKind::YamlStyle)) => yaml = Some(String::new()),
            Event::Text(text) if yaml.is_some() => yaml.get_or_insert_default().push_str(&text),
            Event::End(TagEnd::MetadataBlock(_)) => return (yaml, text.get(range.end..).unwrap_or_default()),
            // Only what stands at the beginning is front matter.
            _ => return (None, text),
        }
    }
    (None, text)
}

/// The heading that a text begins with, and what follows it.
fn heading(text: &str) -> Option<(String, &str)> {
    let mut title = String::new();
    for (nth, (event, range)) in Parser::new(text).into_offset_iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if nth == 0 => {}
            _ if nth == 0 => return None,
            Event::Text(part) | Event::Code(part) => title.push_str(&part),
            Event::End(TagEnd::Heading(_)) => return Some((title, text.get(range.end..).unwrap_or_default())),
            _ => {}
        }
    }
    None
}
