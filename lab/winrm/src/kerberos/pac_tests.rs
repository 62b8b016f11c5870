use super::*;

/// Writes the structure as MS-PAC 2.5 lays it out.
struct Writer(Vec<u8>);

impl Writer {
    fn u32(&mut self, value: u32) {
        while !self.0.len().is_multiple_of(4) {
            self.0.push(0);
        }
        self.0.extend(value.to_le_bytes());
    }

    fn zeros(&mut self, count: usize) {
        self.0.resize(self.0.len() + count, 0);
    }

    fn sid(&mut self, numbers: &[u32]) {
        let count = u8::try_from(numbers.len()).unwrap();
        self.u32(u32::from(count));
        self.0.extend([1, count, 0, 0, 0, 0, 0, 5]);
        for number in numbers {
            self.u32(*number);
        }
    }
}

const DOMAIN: &[u32] = &[21, 1, 2, 3];

fn sample() -> Vec<u8> {
    let mut out = Writer(vec![1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.u32(0x2_0000);
    out.zeros(48);
    // EffectiveName of three characters, five empty strings.
    out.0.extend([6, 0, 6, 0]);
    out.u32(0x2_0004);
    out.zeros(5 * 8);
    out.zeros(4);
    out.u32(1103);
    out.u32(513);
    out.u32(3);
    out.u32(0x2_0008);
    out.zeros(4 + 16 + 8 + 8);
    out.u32(0x2_000c);
    out.zeros(8 + 4 + 28);
    out.u32(1);
    out.u32(0x2_0010);
    out.u32(0x2_0014);
    out.u32(1);
    out.u32(0x2_0018);
    // The deferred parts.
    for number in [3, 0, 3] {
        out.u32(number);
    }
    out.0.extend("abc".encode_utf16().flat_map(u16::to_le_bytes));
    for number in [3, 513, 7, 512, 0x17, 1108, 7] {
        out.u32(number);
    }
    out.sid(DOMAIN);
    for number in [1, 0x2_0020, 7] {
        out.u32(number);
    }
    out.sid(&[18, 1]);
    out.sid(&[21, 9, 9, 9]);
    for number in [1, 1200, 0x2000_0007] {
        out.u32(number);
    }
    out.0
}

#[test]
fn groups_that_count() {
    let info = logon_info(&sample()).unwrap();
    assert_eq!(info.user.to_string(), "S-1-5-21-1-2-3-1103");
    let groups: Vec<_> = info.groups.iter().map(Sid::to_string).collect();
    // 512 is for deny only.
    let expected = [
        "S-1-5-18-1",
        "S-1-5-21-1-2-3-513",
        "S-1-5-21-1-2-3-1108",
        "S-1-5-21-1-2-3-513",
        "S-1-5-21-9-9-9-1200",
    ];
    assert_eq!(groups, expected);
}

#[test]
fn every_prefix_is_an_error() {
    let sample = sample();
    for end in 0..sample.len() {
        assert!(logon_info(&sample[..end]).is_err(), "prefix of {end} bytes");
    }
}

#[test]
fn no_single_byte_makes_it_panic() {
    let sample = sample();
    for at in 0..sample.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = sample.clone();
            damaged[at] = value;
            let _ = logon_info(&damaged);
        }
    }
}

#[test]
fn counts_must_agree() {
    let mut sample = sample();
    // GroupCount: its position follows from the length of the fixed part before it.
    let at = 16 + 4 + 48 + 48 + 4 + 8;
    assert_eq!(sample[at], 3);
    sample[at] = 2;
    assert!(logon_info(&sample).is_err());
}
