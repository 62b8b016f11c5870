//! Writes down which sockets a program connects. The program preloads this library.
//!
//! `LD_PRELOAD` names this library, and `SPNLAB_SOCKETS` the file. Each line of the file is one of
//!
//! - `program NAME`: the library is in this program, so the sockets that it connects will follow;
//! - `tcp LOCAL REMOTE` or `udp LOCAL REMOTE`: the program connected a socket, or tried to.
//!
//! The judge takes the packets of these sockets as the program's own. It ignores all other traffic.

#![expect(unsafe_code, reason = "the library stands in for a function of libc")]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::mem::ManuallyDrop;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::FromRawFd as _;

use libc::{c_int, sockaddr, sockaddr_in, sockaddr_in6, socklen_t};

/// Runs when the library is loaded.
#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

extern "C" fn begin() {
    // The name of the call. The file may have another name.
    let name = std::fs::read_to_string("/proc/self/comm").unwrap_or_default();
    write(&format!("program {}", name.trim_end()));
}

/// Does what libc's `connect` does, and writes a line about the socket.
///
/// # Safety
/// As for connect(2): `address` points to `length` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn connect(
    socket: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> c_int {
    // SAFETY: the caller's own arguments. `libc::connect` would be this very function.
    let result = unsafe { libc::syscall(libc::SYS_connect, socket, address, length) };
    // SAFETY: the place of this thread's errno, which the caller looks at next.
    let errno = unsafe { *libc::__errno_location() };
    // SAFETY: the caller vouches for `length` bytes at `address`.
    if let Some(remote) = unsafe { remote(address, length) } {
        record(socket, remote);
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    c_int::try_from(result).unwrap_or(-1)
}

/// The address, if it is IPv4 or IPv6.
///
/// # Safety
/// `address` points to `length` bytes, or is null.
unsafe fn remote(address: *const sockaddr, length: socklen_t) -> Option<SocketAddr> {
    let has = |size: usize| usize::try_from(length).is_ok_and(|length| length >= size);
    if address.is_null() || !has(size_of::<libc::sa_family_t>()) {
        return None;
    }
    // SAFETY: the family comes first, and is there. `length` guards every other field.
    match c_int::from(unsafe { (*address).sa_family }) {
        libc::AF_INET if has(size_of::<sockaddr_in>()) => {
            // SAFETY: as above; the caller's bytes may lie anywhere.
            let from = unsafe { address.cast::<sockaddr_in>().read_unaligned() };
            let ip = Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr));
            Some(SocketAddr::from((ip, u16::from_be(from.sin_port))))
        }
        libc::AF_INET6 if has(size_of::<sockaddr_in6>()) => {
            // SAFETY: as above.
            let from = unsafe { address.cast::<sockaddr_in6>().read_unaligned() };
            let ip = Ipv6Addr::from(from.sin6_addr.s6_addr);
            Some(SocketAddr::from((ip, u16::from_be(from.sin6_port))))
        }
        _ => None,
    }
}

/// Writes the line about a socket that has a local address. After a refused connection it has none.
fn record(socket: c_int, remote: SocketAddr) {
    let mut kind: c_int = 0;
    let mut length = socklen_t::try_from(size_of::<c_int>()).unwrap_or_default();
    let value = (&raw mut kind).cast();
    // SAFETY: `kind` holds as many bytes as `length` says.
    let got = unsafe {
        libc::getsockopt(socket, libc::SOL_SOCKET, libc::SO_TYPE, value, &raw mut length)
    };
    let transport = match kind {
        libc::SOCK_STREAM if got == 0 => "tcp",
        libc::SOCK_DGRAM if got == 0 => "udp",
        _ => return,
    };
    // SAFETY: the socket stays the caller's. Only its address is read, and nothing closes it here.
    let same = ManuallyDrop::new(unsafe { UdpSocket::from_raw_fd(socket) });
    if let Ok(local) = same.local_addr()
        && local.port() != 0
    {
        write(&format!("{transport} {} {}", canonical(local), canonical(remote)));
    }
}

/// The address as packets have it: IPv4 inside an IPv6 socket is IPv4.
fn canonical(address: SocketAddr) -> SocketAddr {
    (address.ip().to_canonical(), address.port()).into()
}

/// Appends one line, in one write, so that programs side by side do not mix theirs.
#[expect(clippy::disallowed_methods, reason = "the one variable, read where it is needed")]
fn write(line: &str) {
    let Some(file) = std::env::var_os("SPNLAB_SOCKETS") else { return };
    // The judge notices a missing line. The program must not notice a failed write.
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(file) {
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(of: SocketAddr) -> (sockaddr_in, socklen_t) {
        let SocketAddr::V4(of) = of else { panic!("{of} is not IPv4") };
        let raw = sockaddr_in {
            sin_family: libc::sa_family_t::try_from(libc::AF_INET).unwrap(),
            sin_port: of.port().to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from(*of.ip()).to_be() },
            sin_zero: [0; 8],
        };
        (raw, socklen_t::try_from(size_of::<sockaddr_in>()).unwrap())
    }

    #[test]
    fn a_socket_is_connected_and_its_error_is_kept() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = receiver.local_addr().unwrap();
        let (raw, length) = address(to);
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&sender);
        // SAFETY: the address is whole.
        assert_eq!(unsafe { connect(fd, (&raw const raw).cast(), length) }, 0);
        assert_eq!(sender.peer_addr().unwrap(), to);
        // SAFETY: as above.
        assert_eq!(unsafe { connect(-1, (&raw const raw).cast(), length) }, -1);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EBADF));
    }

    #[test]
    fn only_whole_addresses_of_the_internet_are_read() {
        let (raw, length) = address(([127, 0, 0, 1], 88).into());
        let read = |length| {
            // SAFETY: the address is at least that long.
            unsafe { remote((&raw const raw).cast(), length) }
        };
        assert_eq!(read(length), Some(([127, 0, 0, 1], 88).into()));
        assert_eq!(read(length - 1), None);
        assert_eq!(read(1), None);
        // SAFETY: null is allowed.
        assert_eq!(unsafe { remote(std::ptr::null(), 16) }, None);
        let mapped: SocketAddr = "[::ffff:10.0.0.1]:88".parse().unwrap();
        assert_eq!(canonical(mapped).to_string(), "10.0.0.1:88");
    }
}
