//! Who sent what to whom: a line for each message, also for those that were not sent or not seen.

use spnlab_picture::{Message, Scene, Seen};

/// The lines, in the order of the messages.
pub(crate) fn lines(scene: &Scene) -> Vec<String> {
    scene.messages.iter().map(|message| line(scene, message)).collect()
}

fn line(scene: &Scene, message: &Message) -> String {
    let number = message.number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let (from, to) = (scene.name(message.from), scene.name(message.to));
    // What is on the wire is the rule.
    let seen = match message.seen {
        Seen::OnTheWire | Seen::Nowhere => String::new(),
        seen => format!(" ({})", seen.words()),
    };
    format!("{number}  {from:<6} → {to:<6}  {}: {}{seen}", message.name, message.fact)
}
