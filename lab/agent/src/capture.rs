//! Reads CLIENT's packet capture. tcpdump writes it into a ring of files, one after the other
//! (`lab/images/client/client-start`).

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use spnlab_agent::{CAPTURE_FOLDER, CaptureEnd, CapturedFile};

use crate::failure::text;

/// The beginning of the names of the ring's files.
const BEGINS: &str = "client.pcap";
/// Begins a capture file in this machine's byte order with times in microseconds.
const MAGIC: [u8; 4] = 0xa1b2_c3d4_u32.to_ne_bytes();
/// Length of a file's header, and below it of a record's header.
const HEADER: u64 = 24;
const RECORD: u64 = 16;
/// The folder holds 64 MiB, and the ring takes up to 48 MB. If more than this is in use, other
/// files take the room that the capture needs.
const MOST_IN_USE: u64 = 56_000_000;
/// The longest wait for a new capture to begin.
const BEGINS_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// A capture in a folder.
pub(crate) struct Capture {
    folder: PathBuf,
}

/// The capture of this container.
pub(crate) fn ours() -> Capture {
    Capture { folder: CAPTURE_FOLDER.into() }
}

/// One file of the ring.
struct Ring {
    name: String,
    path: PathBuf,
    length: u64,
    /// The header of its first record, as far as tcpdump has written it.
    first: Vec<u8>,
    inode: u64,
}

impl Ring {
    /// Seconds and microseconds of its first record. A file without a record counts as the newest.
    fn began(&self) -> (u32, u32) {
        let number =
            |at: usize| self.first.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
        number(0).zip(number(4)).unwrap_or((u32::MAX, u32::MAX))
    }
}

impl Capture {
    /// Where the capture ends now. `None`: there is no capture, or no room for it.
    pub(crate) fn end(&self) -> io::Result<Option<CaptureEnd>> {
        let mut in_use = 0;
        for entry in fs::read_dir(&self.folder)? {
            // A file that was removed meanwhile takes no room.
            in_use += entry?.metadata().map_or(0, |file| file.len());
        }
        let ring = self.ring()?;
        if in_use > MOST_IN_USE || ring.is_empty() {
            return Ok(None);
        }
        let file = |file: Ring| CapturedFile {
            name: file.name,
            length: file.length,
            first: hex(&file.first),
        };
        Ok(Some(CaptureEnd { files: ring.into_iter().map(file).collect() }))
    }

    /// A file header, and the records after this place. If its file is gone, all records.
    pub(crate) fn since(&self, place: &CaptureEnd) -> Result<Vec<u8>, String> {
        let known: HashMap<&str, &CapturedFile> =
            place.files.iter().map(|file| (file.name.as_str(), file)).collect();
        let mut reaches_back = known.is_empty();
        let mut capture = Vec::new();
        for file in self.ring().map_err(text)? {
            // tcpdump may have written the first record, or the rest of it, in the meantime.
            let same =
                known.get(&*file.name).filter(|known| hex(&file.first).starts_with(&known.first));
            reaches_back |= same.is_some();
            if capture.is_empty() {
                capture = contents(&file.path, 0, HEADER).map_err(text)?;
            }
            let from = same.map_or(HEADER, |known| known.length);
            capture.extend(contents(&file.path, from, u64::MAX).map_err(text)?);
        }
        if reaches_back {
            Ok(capture)
        } else {
            Err("it does not reach back to this place: it was started anew, or came round"
                .to_owned())
        }
    }

    /// Makes `client-start` begin the capture anew, and waits until it captures.
    pub(crate) async fn renew(&self) -> Result<(), String> {
        let inodes = |ring: &[Ring]| ring.iter().map(|file| file.inode).collect::<BTreeSet<_>>();
        let before = inodes(&self.ring().map_err(text)?);
        kill_process(Pid::INIT, Signal::USR1).map_err(|error| format!("client-start: {error}"))?;
        let begun = async {
            loop {
                let now = inodes(&self.ring()?);
                if !now.is_empty() && now != before {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        match tokio::time::timeout(BEGINS_WITHIN, begun).await {
            Ok(begun) => begun.map_err(text),
            Err(_) => Err(format!("it has not begun within {BEGINS_WITHIN:?}")),
        }
    }

    /// The readable files of the ring, oldest first.
    fn ring(&self) -> io::Result<Vec<Ring>> {
        let mut ring = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with(BEGINS) {
                continue;
            }
            let path = entry.path();
            // tcpdump removes a file before it makes it anew, so a file may vanish here.
            let Ok(metadata) = fs::metadata(&path) else { continue };
            let Ok(begins) = contents(&path, 0, HEADER + RECORD) else { continue };
            if !begins.starts_with(&MAGIC) {
                continue;
            }
            let first = begins.get(24..).unwrap_or_default().to_vec();
            ring.push(Ring { name, path, length: metadata.len(), first, inode: metadata.ino() });
        }
        ring.sort_by_key(Ring::began);
        Ok(ring)
    }
}

/// At most `most` bytes of a file, beginning at `from`; none if the file is gone.
fn contents(path: &PathBuf, from: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(bytes),
        file => file?,
    };
    file.seek(SeekFrom::Start(from))?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn write(&self, name: &str, bytes: &[u8]) {
            fs::write(self.0.path().join(name), bytes).unwrap();
        }

        fn capture(&self) -> Capture {
            Capture { folder: self.0.path().to_owned() }
        }

        fn end(&self) -> CaptureEnd {
            self.capture().end().unwrap().unwrap()
        }

        fn since(&self, end: &CaptureEnd) -> Result<Vec<u8>, String> {
            self.capture().since(end)
        }
    }

    fn header() -> Vec<u8> {
        [&MAGIC[..], &[7; 20]].concat()
    }

    /// A record with one byte, captured in this second.
    fn record(second: u32, byte: u8) -> Vec<u8> {
        let numbers = [second, 5, 1, 1].map(u32::to_ne_bytes).concat();
        [&numbers[..], &[byte]].concat()
    }

    fn file(records: &[Vec<u8>]) -> Vec<u8> {
        [header(), records.concat()].concat()
    }

    #[test]
    fn what_came_behind_a_place_is_given_with_a_header() {
        let folder = Folder::new();
        folder.write("client.pcap0", &file(&[record(10, b'a')]));
        folder.write("other", b"no capture");
        let end = folder.end();
        assert_eq!(folder.since(&end), Ok(header()));
        folder.write("client.pcap0", &file(&[record(10, b'a'), record(11, b'b')]));
        assert_eq!(folder.since(&end), Ok(file(&[record(11, b'b')])));
        // The default place is the beginning.
        let all = folder.since(&CaptureEnd::default());
        assert_eq!(all, Ok(file(&[record(10, b'a'), record(11, b'b')])));
    }

    #[test]
    fn the_files_are_read_in_the_order_of_their_first_records() {
        let folder = Folder::new();
        folder.write("client.pcap0", &file(&[record(20, b'c')]));
        folder.write("client.pcap1", &file(&[record(10, b'a'), record(11, b'b')]));
        let all = folder.since(&CaptureEnd::default());
        assert_eq!(all, Ok(file(&[record(10, b'a'), record(11, b'b'), record(20, b'c')])));
    }

    #[test]
    fn a_file_without_a_record_is_the_newest() {
        let folder = Folder::new();
        folder.write("client.pcap0", &header());
        folder.write("client.pcap1", &file(&[record(10, b'a')]));
        let end = folder.end();
        let names: Vec<&str> = end.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["client.pcap1", "client.pcap0"]);
        // The file had no record then. With its first record it is still the same file.
        folder.write("client.pcap0", &file(&[record(20, b'b')]));
        assert_eq!(folder.since(&end), Ok(file(&[record(20, b'b')])));
        // The same if only a part of its first record was there.
        folder.write("client.pcap1", &file(&[record(30, b'c')])[..30]);
        let end = folder.end();
        assert_eq!(end.files[1].first.len(), 2 * 6);
        folder.write("client.pcap1", &file(&[record(30, b'c')]));
        assert_eq!(folder.since(&end), Ok([&header()[..], &record(30, b'c')[6..]].concat()));
    }

    #[test]
    fn the_next_file_is_behind_a_place_in_the_one_before() {
        let folder = Folder::new();
        folder.write("client.pcap0", &file(&[record(10, b'a')]));
        let end = folder.end();
        folder.write("client.pcap0", &file(&[record(10, b'a'), record(11, b'b')]));
        folder.write("client.pcap1", &file(&[record(12, b'c')]));
        assert_eq!(folder.since(&end), Ok(file(&[record(11, b'b'), record(12, b'c')])));
    }

    #[test]
    fn a_ring_that_came_round_does_not_reach_back() {
        let folder = Folder::new();
        folder.write("client.pcap0", &file(&[record(10, b'a')]));
        folder.write("client.pcap1", &file(&[record(20, b'b')]));
        let end = folder.end();
        // One of the two files is still there.
        folder.write("client.pcap0", &file(&[record(30, b'c')]));
        assert_eq!(folder.since(&end), Ok(file(&[record(30, b'c')])));
        folder.write("client.pcap1", &file(&[record(40, b'd')]));
        assert!(folder.since(&end).unwrap_err().contains("came round"));
        assert!(folder.since(&CaptureEnd::default()).is_ok());
    }

    #[test]
    fn a_capture_that_was_started_anew_does_not_reach_back() {
        let folder = Folder::new();
        folder.write("client.pcap0", &file(&[record(10, b'a')]));
        let end = folder.end();
        folder.write("client.pcap0", &header());
        assert!(folder.since(&end).unwrap_err().contains("started anew"));
        fs::remove_file(folder.0.path().join("client.pcap0")).unwrap();
        assert!(folder.since(&end).is_err());
        assert_eq!(folder.since(&CaptureEnd::default()), Ok(Vec::new()));
    }

    #[test]
    fn there_is_no_place_without_a_capture_or_room_for_it() {
        let folder = Folder::new();
        assert_eq!(folder.capture().end().unwrap(), None);
        folder.write("client.pcap0", b"");
        folder.write("client.pcap1", &0x0a0d_0d0a_u32.to_ne_bytes());
        assert_eq!(folder.capture().end().unwrap(), None);
        folder.write("client.pcap0", &header());
        assert_eq!(folder.end().files.len(), 1);
        let other = File::create(folder.0.path().join("other")).unwrap();
        other.set_len(MOST_IN_USE - HEADER - 4).unwrap();
        assert_eq!(folder.end().files.len(), 1);
        other.set_len(MOST_IN_USE - HEADER - 3).unwrap();
        assert_eq!(folder.capture().end().unwrap(), None);
    }
}
