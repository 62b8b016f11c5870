//! What a run leaves to read: files in other people's forms. Each is one writer of cucumber, or is
//! made at the end from the results.

use cucumber::cli::Empty;
use cucumber::event::{self, Event};
use cucumber::{Writer, parser, writer};
use serde_json::Value;

use super::failure::Failure;
use super::json::{self, Buffer};
use super::played::Results;
use super::shard;
use crate::options::Leave;
use crate::world::LabWorld;

/// A writer of cucumber, if this run has it.
#[derive(Debug)]
pub(super) struct Optional<W>(Option<W>);

impl<W: Writer<LabWorld, Cli: Default>> Writer<LabWorld> for Optional<W> {
    type Cli = Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<event::Cucumber<LabWorld>>>,
        _: &Empty,
    ) {
        if let Some(writer) = &mut self.0 {
            writer.handle_event(event, &W::Cli::default()).await;
        }
    }
}

/// The files of one run.
#[derive(Debug)]
pub(super) struct Files<'a> {
    options: &'a Leave,
    json: Buffer,
}

impl<'a> Files<'a> {
    pub(super) fn new(options: &'a Leave) -> Self {
        Self { options, json: Buffer::default() }
    }

    /// The writers that get every event. They see the events of one scenario after the other.
    pub(super) fn writers(
        &self,
    ) -> impl Writer<LabWorld, Cli: Default + cucumber::cli::Args> + writer::Normalized + use<>
    {
        let json = self.options.json.is_some().then(|| writer::Json::raw(self.json.clone()));
        writer::Normalize::new(Optional(json))
    }

    /// Writes everything.
    pub(super) fn write(&self, results: &Results) -> Result<(), Failure> {
        if let Some(file) = &self.options.durations {
            std::fs::write(file, shard::lines(&results.played))
                .map_err(Failure::io(format!("write {}", file.display())))?;
        }
        if let Some(file) = &self.options.json {
            let features = json::parse(&self.json.take()).unwrap_or_default();
            json::write(&Value::Array(json::joined([features])), Some(file))?;
        }
        Ok(())
    }
}
