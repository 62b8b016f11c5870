//! `spnlab capture`: CLIENT's packets so far, and the keys that open them.

use serde_json::json;
use spnlab_harness::Lab;

use crate::cli::Capture;
use crate::console::{Console, escaped};
use crate::failure::Failure;
use crate::wireshark::{self, CAPTURE, KEYTAB};

pub(super) async fn capture(options: &Capture, console: &Console) -> Result<u8, Failure> {
    let Capture { file, force, lab } = options;
    let keytab = wireshark::beside(file);
    wireshark::may_write(file, &CAPTURE, *force)?;
    wireshark::may_write(&keytab, &KEYTAB, *force)?;
    let lab = Lab::attach(&lab.name).await?;
    let wire = lab.whole_capture().await?;
    let keys = wireshark::keytab_of(&lab).await?;
    wireshark::write_private(&keytab, &keys)?;
    wireshark::write_private(file, &wire.capture)?;
    let (messages, lines) = (wire.trace.messages.len(), wireshark::lines(file, &keytab));
    console.document(
        "capture",
        &json!({ "file": file, "keytab": keytab, "messages": messages, "open": lines }),
    );
    let s = if messages == 1 { "" } else { "s" };
    for text in [
        format!("{}: {messages} Kerberos message{s}", file.display()),
        format!("{}: the keys of the lab's accounts", keytab.display()),
    ] {
        console.print(&escaped(&text));
    }
    console.explain("only you can read these files; each line opens them:");
    for line in lines {
        console.explain(&escaped(&format!("  {line}")));
    }
    Ok(0)
}
