//! What the judge does with MEM1: it changes WinRM's settings, ends WinRM, and reads what WinRM
//! reports.
//!
//! Uses: engine, lab, model, start.

mod winrm;
