//! Articles, FAQs and categories: S3-13 … S3-22, S3-39 … S3-55, S1-65 … S1-70.

mod articles;
mod faqs;
mod use_of_it;
