//! Reading a file row by row: lines of JSON, or CSV whose first line names the columns.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::Taken;

/// The longest line. A row that is longer is no ticket and no article.
const LINE_MAX: u64 = 16 * 1024 * 1024;

/// One row: its line, and its fields or what is wrong with it.
pub type Row = (u64, Taken<Map<String, Value>>);

/// The rows of a file.
pub enum Rows {
    /// Lines of JSON.
    Json(JsonRows),
    /// CSV.
    Csv(Box<CsvRows>),
}

impl Rows {
    /// Opens a file: `.csv` as CSV, everything else as lines of JSON.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, not a file"));
        }
        match path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            true => CsvRows::new(file).map(|rows| Self::Csv(Box::new(rows))),
            false => Ok(Self::Json(JsonRows { reader: BufReader::new(file), line: 0 })),
        }
    }

    /// The names of the columns, if the file says them.
    pub fn columns(&self) -> Option<&[String]> {
        match self {
            Self::Json(_) => None,
            Self::Csv(rows) => Some(&rows.columns),
        }
    }
}

impl Iterator for Rows {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Json(rows) => rows.next_row().transpose(),
            Self::Csv(rows) => rows.next_row().transpose(),
        }
    }
}

/// Lines of JSON.
pub struct JsonRows {
    reader: BufReader<File>,
    line: u64,
}

impl JsonRows {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let mut bytes = Vec::new();
            (&mut self.reader).take(LINE_MAX + 1).read_until(b'\n', &mut bytes)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            self.line += 1;
            if bytes.len() as u64 > LINE_MAX {
                while bytes.last() != Some(&b'\n') {
                    bytes.clear();
                    if (&mut self.reader).take(LINE_MAX).read_until(b'\n', &mut bytes)? == 0 {
                        break;
                    }
                }
                return Ok(Some((self.line, Err(format!("the line is longer than {} MiB", LINE_MAX >> 20)))));
            }
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii();
            if !bytes.is_empty() {
                return Ok(Some((self.line, object(bytes))));
            }
        }
    }
}

fn object(bytes: &[u8]) -> Taken<Map<String, Value>> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned())?;
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err("the line is JSON, but no object: write one object a line".to_owned()),
        Err(error) => Err(format!("the line is not JSON: {error}")),
    }
}

/// CSV whose first line names the columns.
pub struct CsvRows {
    reader: csv::Reader<File>,
    columns: Vec<String>,
}

impl CsvRows {
    fn new(file: File) -> io::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        let columns = reader.byte_headers().map_err(io::Error::other)?.iter();
        let columns = columns
            .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        Ok(Self { reader, columns })
    }

    fn next_row(&mut self) -> io::Result<Option<Row>> {
        let mut record = csv::ByteRecord::new();
        if !self.reader.read_byte_record(&mut record).map_err(io::Error::other)? {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != self.columns.len() {
            let reason = format!("the row has {} fields, and the first line {}", record.len(), self.columns.len());
            return Ok(Some((line, Err(reason))));
        }
        let mut map = Map::new();
        for (name, field) in self.columns.iter().zip(&record) {
            match std::str::from_utf8(field) {
                Ok(text) => map.insert(name.clone(), Value::from(text)),
                Err(_) => return Ok(Some((line, Err(format!("{name} is not UTF-8"))))),
            };
        }
        Ok(Some((line, Ok(map))))
    }
}
