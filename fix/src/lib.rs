//! The core fix library for WinRM error 0x80090322: SPNs, diagnosis, plans, undo.
