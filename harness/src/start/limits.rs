//! What a part of a lab may use of its host.

use testcontainers::bollard::models::HostConfig;

const MIB: i64 = 1 << 20;
/// The period of the processor quota, in microseconds.
const PERIOD: i64 = 100_000;

/// The limits of one part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Processes and threads.
    processes: i64,
    /// Memory in MiB, with the folders in memory. There is no swap on top of it.
    memory: i64,
    /// Weight against other parts when the processors are busy. The engine's default is 1024.
    weight: i64,
    /// Whether it gets at most half of the processors.
    half: bool,
}

impl Limits {
    /// A domain controller has 18 processes and 50 MiB. A second one needs 200 MiB to join.
    pub(crate) fn of_dc() -> Self {
        Self { processes: 256, memory: 640, weight: 1024, half: false }
    }

    /// MEM1, where users run commands. Each user may have 128 processes (`mem1-start`). The rest is
    /// for the servers.
    pub(crate) fn of_mem1() -> Self {
        Self { processes: 768, memory: 768, weight: 512, half: true }
    }

    /// CLIENT, where the user's programs run beside the packet capture.
    pub(crate) fn of_client() -> Self {
        Self { processes: 256, memory: 512, weight: 1024, half: false }
    }

    /// Its memory in bytes.
    pub(crate) fn bytes(self) -> u64 {
        (self.memory * MIB).unsigned_abs()
    }

    /// The limits in the engine's form.
    ///
    /// They set a quota, not the engine's "CPUs". An engine that may not limit processors (rootless
    /// ones often may not) refuses "CPUs", but ignores a quota.
    pub(crate) fn host_config(self) -> HostConfig {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let quota = (PERIOD / 2).saturating_mul(i64::try_from(processors).unwrap_or(1));
        HostConfig {
            pids_limit: Some(self.processes),
            memory: Some(self.memory * MIB),
            memory_swap: Some(self.memory * MIB),
            cpu_shares: Some(self.weight),
            cpu_period: self.half.then_some(PERIOD),
            cpu_quota: self.half.then_some(quota),
            ..Default::default()
        }
    }
}
