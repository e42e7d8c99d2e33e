//! The name of a file, made safe to show and to save: no path, no control or direction characters, an ending that is not lied about.

use unicode_normalization::UnicodeNormalization;

/// The longest name, in bytes: what file systems take.
const LONGEST: usize = 200;

/// Endings that some system runs, or shows as a page, when the file is opened.
const RUNS: &[&str] = &[
    "app", "apk", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "dmg", "exe", "hta", "htm", "html", "jar", "js",
    "jse", "lnk", "mjs", "msi", "php", "pif", "pkg", "ps1", "py", "reg", "scr", "sh", "svg", "swf", "url", "vbe",
    "vbs", "wsf", "xhtml", "xml",
];

/// Characters that change how the rest of a name is read, or that nobody sees.
fn is_trick(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}' | '\u{E0000}'..='\u{E007F}')
}

/// The name without what is dangerous about it; `file` if nothing is left.
pub fn clean(name: &str) -> String {
    let name: String = name.nfc().filter(|c| !is_trick(*c)).collect();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        name.chars().map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() { "file".to_owned() } else { short(name) }
}

/// The name with the ending of what the file is, if its own says that it is something that runs.
pub fn with_honest_ending(name: &str, ending: &str) -> String {
    let own = name.rsplit_once('.').map(|(_, own)| own.trim().to_lowercase()).unwrap_or_default();
    if own != ending && (own.is_empty() || RUNS.contains(&own.as_str())) {
        format!("{name}.{ending}")
    } else {
        name.to_owned()
    }
}

/// Cut in its middle, so that the ending stays.
fn short(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 20 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let stem = &stem[..stem.floor_char_boundary(LONGEST - ending.len())];
    format!("{}{ending}", stem.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_no_path_and_no_tricks() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\scan.png", "scan.png"),
            ("/", "file"),
            ("..", "file"),
            ("", "file"),
            ("\u{202E}gnp.exe", "gnp.exe"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("in\u{200B}voice.pdf", "invoice.pdf"),
            ("what?.png", "what_.png"),
            ("e\u{301}te\u{301}.pdf", "été.pdf"),
            ("報告 2026.pdf", "報告 2026.pdf"),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
        let long = clean(&format!("{}.pdf", "ü".repeat(300)));
        assert!(long.len() <= LONGEST && long.ends_with("ü.pdf"), "{long}");
    }

    #[test]
    fn an_ending_that_runs_is_followed_by_the_true_one() {
        assert_eq!(with_honest_ending("photo.exe", "png"), "photo.exe.png");
        assert_eq!(with_honest_ending("notes.HTML", "txt"), "notes.HTML.txt");
        assert_eq!(with_honest_ending("photo", "png"), "photo.png");
        assert_eq!(with_honest_ending("photo.jpeg", "jpg"), "photo.jpeg");
    }
}
