//! The groups in a ticket's PAC: KERB_VALIDATION_INFO (MS-PAC 2.5). It is NDR (C706 chapter 14)
//! with the type header of MS-RPCE 2.2.6.
//!
//! The bytes come from MIT's acceptor. It has checked the PAC's server signature with the key that
//! decrypted the ticket. Nevertheless, every length here is checked.

use super::sid::{MAX_SUB_AUTHORITIES, Sid};
use thiserror::Error;

/// SE_GROUP_ENABLED and SE_GROUP_USE_FOR_DENY_ONLY (MS-PAC 2.2.1).
const ENABLED: u32 = 0x4;
const DENY_ONLY: u32 = 0x10;
/// A token holds at most 1024 SIDs. MS-PAC names no limit; this one is LSA's.
const MAX_GROUPS: usize = 1024;

/// The logon information is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the logon information in the PAC is damaged at byte {at}")]
pub struct PacError {
    at: usize,
}

/// The client's identity, as the KDC states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogonInfo {
    /// The account's own SID.
    pub user: Sid,
    /// Every group that counts for access, including the primary group.
    pub groups: Vec<Sid>,
}

struct Ndr<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Ndr<'_> {
    fn error(&self) -> PacError {
        PacError { at: self.at }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], PacError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let value = *rest.first_chunk::<N>().ok_or_else(|| self.error())?;
        self.at += N;
        Ok(value)
    }

    fn skip(&mut self, count: usize) -> Result<(), PacError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        self.at = end.ok_or_else(|| self.error())?;
        Ok(())
    }

    fn u16(&mut self) -> Result<u16, PacError> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, PacError> {
        let over = self.at % 4;
        if over != 0 {
            self.skip(4 - over)?;
        }
        self.take().map(u32::from_le_bytes)
    }

    fn count(&mut self, limit: usize) -> Result<usize, PacError> {
        let count = usize::try_from(self.u32()?).ok().filter(|count| *count <= limit);
        count.ok_or_else(|| self.error())
    }

    /// A count that comes twice: in the structure, and before the array.
    fn array(&mut self, announced: usize) -> Result<usize, PacError> {
        let count = self.count(MAX_GROUPS)?;
        if count == announced { Ok(count) } else { Err(self.error()) }
    }

    /// The part of an RPC_UNICODE_STRING inside a structure. Returns whether characters follow
    /// later.
    fn string(&mut self) -> Result<bool, PacError> {
        self.skip(4)?;
        Ok(self.u32()? != 0)
    }

    /// The characters of a string.
    fn characters(&mut self, present: bool) -> Result<(), PacError> {
        if !present {
            return Ok(());
        }
        let most = self.u32()?;
        let offset = self.u32()?;
        let count = self.u32()?;
        if offset != 0 || count > most {
            return Err(self.error());
        }
        let bytes = usize::try_from(count).ok().and_then(|count| count.checked_mul(2));
        self.skip(bytes.ok_or_else(|| self.error())?)
    }

    fn sid(&mut self) -> Result<Sid, PacError> {
        let count = self.count(MAX_SUB_AUTHORITIES)?;
        let [revision, announced] = self.take()?;
        if revision != 1 || usize::from(announced) != count {
            return Err(self.error());
        }
        // Big endian, unlike all other numbers.
        let authority: [u8; 6] = self.take()?;
        let authority = authority.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet));
        let numbers = (0..count).map(|_| self.u32()).collect::<Result<_, _>>()?;
        Sid::new(authority, numbers).ok_or_else(|| self.error())
    }

    /// GROUP_MEMBERSHIP: relative identifiers with attributes.
    fn memberships(&mut self, announced: usize) -> Result<Vec<u32>, PacError> {
        let count = self.array(announced)?;
        let mut rids = Vec::new();
        for _ in 0..count {
            let (rid, attributes) = (self.u32()?, self.u32()?);
            if counts(attributes) {
                rids.push(rid);
            }
        }
        Ok(rids)
    }

    /// KERB_SID_AND_ATTRIBUTES: pointers and attributes first, then the SIDs.
    fn extra_sids(&mut self, announced: usize) -> Result<Vec<Sid>, PacError> {
        let count = self.array(announced)?;
        let mut heads = Vec::new();
        for _ in 0..count {
            heads.push((self.u32()? != 0, self.u32()?));
        }
        let mut sids = Vec::new();
        for (present, attributes) in heads {
            if present {
                let sid = self.sid()?;
                if counts(attributes) {
                    sids.push(sid);
                }
            }
        }
        Ok(sids)
    }
}

fn counts(attributes: u32) -> bool {
    attributes & ENABLED != 0 && attributes & DENY_ONLY == 0
}

/// The fields that matter of the structure's fixed part.
struct Fixed {
    strings: [bool; 6],
    user: u32,
    primary: u32,
    groups: Option<usize>,
    logon_names: [bool; 2],
    domain: bool,
    extra: Option<usize>,
    resource_domain: bool,
    resource: Option<usize>,
}

fn fixed(ndr: &mut Ndr<'_>) -> Result<Fixed, PacError> {
    // Version 1, little endian, 8 bytes of common header. Then the length, which is implied.
    if ndr.take()? != [0x01, 0x10, 0x08, 0x00] {
        return Err(ndr.error());
    }
    ndr.skip(12)?;
    if ndr.u32()? == 0 {
        return Err(ndr.error());
    }
    ndr.skip(6 * 8)?;
    let mut strings = [false; 6];
    for string in &mut strings {
        *string = ndr.string()?;
    }
    let (_logons, _bad_passwords) = (ndr.u16()?, ndr.u16()?);
    let (user, primary) = (ndr.u32()?, ndr.u32()?);
    let groups = counted(ndr)?;
    // UserFlags and the session key.
    ndr.skip(4 + 16)?;
    let logon_names = [ndr.string()?, ndr.string()?];
    let domain = ndr.u32()? != 0;
    // From Reserved1 to Reserved3.
    ndr.skip(8 + 4 + 28)?;
    let extra = counted(ndr)?;
    let resource_domain = ndr.u32()? != 0;
    let resource = counted(ndr)?;
    Ok(Fixed {
        strings,
        user,
        primary,
        groups,
        logon_names,
        domain,
        extra,
        resource_domain,
        resource,
    })
}

/// A count and a pointer to that many elements; `None` if the pointer is null.
fn counted(ndr: &mut Ndr<'_>) -> Result<Option<usize>, PacError> {
    let count = ndr.count(MAX_GROUPS)?;
    Ok((ndr.u32()? != 0).then_some(count))
}

/// Reads the logon information.
pub fn logon_info(bytes: &[u8]) -> Result<LogonInfo, PacError> {
    let mut ndr = Ndr { bytes, at: 0 };
    let fixed = fixed(&mut ndr)?;
    for present in fixed.strings {
        ndr.characters(present)?;
    }
    let mut rids = fixed.groups.map_or(Ok(Vec::new()), |count| ndr.memberships(count))?;
    for present in fixed.logon_names {
        ndr.characters(present)?;
    }
    if !fixed.domain {
        return Err(ndr.error());
    }
    let domain = ndr.sid()?;
    let mut groups = fixed.extra.map_or(Ok(Vec::new()), |count| ndr.extra_sids(count))?;
    let resource_domain = fixed.resource_domain.then(|| ndr.sid()).transpose()?;
    let resource = fixed.resource.map_or(Ok(Vec::new()), |count| ndr.memberships(count))?;
    rids.push(fixed.primary);
    let error = ndr.error();
    let account = |domain: &Sid, rid: u32| domain.account(rid).ok_or(error);
    for rid in rids {
        groups.push(account(&domain, rid)?);
    }
    if let Some(domain) = resource_domain {
        for rid in resource {
            groups.push(account(&domain, rid)?);
        }
    }
    Ok(LogonInfo { user: account(&domain, fixed.user)?, groups })
}

#[cfg(test)]
#[path = "pac_tests.rs"]
mod tests;
