//! Files, and sending and fetching them.

use serde_json::{Value, json};

use super::Person;

/// A picture of one point.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";
/// The beginning of a PDF.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

/// A ZIP archive with these empty files in it, without compression.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let offset = file.len() as u32;
        let length = (name.len() as u16).to_le_bytes();
        file.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0");
        file.extend_from_slice(&length);
        file.extend_from_slice(b"\0\0");
        file.extend_from_slice(name.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0");
        directory.extend_from_slice(&length);
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (count, size, start) = ((names.len() as u16).to_le_bytes(), directory.len() as u32, file.len() as u32);
    file.extend_from_slice(&directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&count);
    file.extend_from_slice(&count);
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(&start.to_le_bytes());
    file.extend_from_slice(b"\0\0");
    file
}

/// A document of a word processor, as far as its kind can be told.
pub fn docx() -> Vec<u8> {
    zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
}

impl Person {
    /// Announces a file; answers the attachment.
    pub async fn announce(&self, name: &str, content_type: &str, size: usize) -> Value {
        let input = json!({"fileName": name, "contentType": content_type, "size": size});
        self.do_it("attachmentUpload", input, "attachment { id fileName upload { url expiresAt } download { url } }")
            .await["attachment"]
            .take()
    }

    /// Sends bytes to an address; answers the status and what was said.
    pub async fn put(&self, url: &Value, bytes: &[u8]) -> (u16, Value) {
        let address = format!("{}{}", self.url, url.as_str().unwrap());
        let answer = self.http.put(address).body(bytes.to_vec()).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Sends bytes to an address of a desk that may go away; answers the status.
    pub async fn try_put(&self, url: &Value, bytes: &[u8]) -> Option<u16> {
        let address = format!("{}{}", self.url, url.as_str().unwrap());
        Some(self.http.put(address).body(bytes.to_vec()).send().await.ok()?.status().as_u16())
    }

    /// Fetches an address.
    pub async fn fetch(&self, url: &Value) -> reqwest::Response {
        self.http.get(format!("{}{}", self.url, url.as_str().unwrap())).send().await.unwrap()
    }

    /// Announces a file and sends it; answers its id.
    pub async fn upload(&self, name: &str, content_type: &str, bytes: &[u8]) -> String {
        let announced = self.announce(name, content_type, bytes.len()).await;
        let (status, said) = self.put(&announced["upload"]["url"], bytes).await;
        assert_eq!(status, 200, "{said:#}");
        assert_eq!(said["id"], announced["id"]);
        announced["id"].as_str().unwrap().to_owned()
    }
}
