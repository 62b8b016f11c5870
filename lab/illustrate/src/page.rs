//! The page: every block with its bytes, fields and sentences.
//!
//! Uses: field.

use std::fmt::Write as _;

use askama::Template;
use spnlab_picture::{Scene, style, svg};

use crate::field::{Block, FieldPart};

/// One attempt: what happened, and its bytes.
#[derive(Debug)]
pub struct Chapter {
    /// What a reader sees above it.
    pub title: String,
    /// What happened.
    pub scene: Scene,
    /// The messages.
    pub blocks: Vec<Block>,
}

/// The page, as one file without scripts.
pub fn page(chapters: &[Chapter]) -> String {
    let layout = include_str!("../templates/page.css");
    let chapters = chapters.iter().map(shown).collect();
    // Writing to a text does not fail.
    Page { style: style(), layout, chapters }.render().unwrap_or_default()
}

#[derive(Debug, Template)]
#[template(path = "page.html")]
struct Page<'a> {
    style: &'static str,
    layout: &'static str,
    chapters: Vec<Shown<'a>>,
}

#[derive(Debug)]
struct Shown<'a> {
    title: &'a str,
    picture: String,
    bytes: usize,
    unnamed: usize,
    blocks: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    depth: usize,
    block: &'a Block,
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    place: String,
    hex: String,
    path: &'a str,
    value: &'a str,
    sentence: &'static str,
    header: bool,
}

fn shown(chapter: &Chapter) -> Shown<'_> {
    let mut blocks = Vec::new();
    chapter.blocks.iter().for_each(|block| add(block, 0, &mut blocks));
    Shown {
        title: &chapter.title,
        picture: svg(&chapter.scene),
        bytes: chapter.blocks.iter().map(|block| block.bytes.len()).sum(),
        unnamed: chapter.blocks.iter().map(Block::unnamed).sum(),
        blocks,
    }
}

fn add<'a>(block: &'a Block, depth: usize, parts: &mut Vec<Part<'a>>) {
    let rows = block.fields.iter().map(|field| Row {
        place: match (field.range.start, field.range.end - 1) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}–{last}"),
        },
        hex: hex(&block.bytes[field.range.clone()]),
        path: &field.path,
        value: &field.value,
        sentence: field.sentence,
        header: field.part == FieldPart::Header,
    });
    parts.push(Part { depth, block, rows: rows.collect() });
    block.inner.iter().for_each(|inner| add(inner, depth + 1, parts));
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
