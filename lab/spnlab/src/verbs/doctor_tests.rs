use super::*;

fn is_ok(found: &Found) -> bool {
    matches!(found, Found::Ok { .. })
}

#[test]
fn the_status_is_that_of_the_first_error() {
    let finding = |result| Finding { check: "x", result };
    let error = |error| finding(Failure::Lab(error).into());
    let warned = || finding(Found::warning("x", "y"));
    assert_eq!(status(&[warned(), finding(Found::ok("x"))]), 0);
    let full = || error(Error::NoSpace { action: "x".into() });
    let missing = || error(Error::ProgramMissing { program: "winrmd", looked_in: "/x".into() });
    assert_eq!(status(&[warned(), full(), missing()]), 3);
    assert_eq!(status(&[missing(), full()]), 4);
}

#[test]
fn a_full_disk_is_an_error_and_more_is_needed_for_images() {
    let disk = |free, to_build| disk(Some(free), Path::new("/x"), to_build);
    assert!(is_ok(&disk(ROOM, false)) && is_ok(&disk(IMAGES, true)));
    for full in [disk(ROOM - 1, false), disk(IMAGES - 1, true)] {
        assert!(matches!(full, Found::Error { status: 3, .. }), "{full:?}");
    }
    assert!(free_in(Path::new("/")).is_some_and(|free| free > 0));
    assert_eq!(free_in(Path::new("/no/such/folder")), None);
}

#[test]
fn little_memory_is_a_warning() {
    let of = |kib: u64| memory(&format!("MemTotal: 9 kB\nMemAvailable:   {kib} kB\n"));
    assert!(is_ok(&of(MEMORY / 1024)));
    assert!(matches!(of(MEMORY / 1024 - 1), Found::Warning { .. }));
    assert!(matches!(memory(""), Found::Warning { .. }));
}

#[test]
fn an_old_engine_a_slow_driver_and_missing_limits_are_warnings() {
    let facts = |api: &str, driver: &str, warnings: &[&str]| EngineFacts {
        api_version: api.to_owned(),
        storage_driver: driver.to_owned(),
        warnings: warnings.iter().map(|&text| text.to_owned()).collect(),
        ..EngineFacts::default()
    };
    assert!(is_ok(&engine(&facts("1.41", "overlay2", &["WARNING: bridge-nf-call is disabled"]))));
    for bad in [
        facts("1.40", "overlay2", &[]),
        facts("1.51", "vfs", &[]),
        facts("1.51", "overlay2", &["WARNING: No memory limit support"]),
    ] {
        assert!(matches!(engine(&bad), Found::Warning { .. }), "{bad:?}");
    }
}

#[test]
fn what_is_missing_or_left_has_a_next_step() {
    assert!(is_ok(&images(&[])) && is_ok(&left_behind(&[])));
    for found in [images(&["spnlab/dc1:1".to_owned()]), left_behind(&["0123".to_owned()])] {
        assert!(matches!(&found, Found::Warning { next, .. } if next.contains("spnlab ")));
    }
    assert!(is_ok(&networks((1, "10.0.0.0/8".into())).unwrap()));
    assert_eq!(networks((0, "10.0.0.0/8".into())).unwrap_err().code(), "SPNLAB-NO-SUBNET");
}

#[test]
fn a_folder_that_cannot_be_written_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    assert!(is_ok(&state(&folder.path().join("new"))));
    assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(state(&file.join("below")), Found::Warning { .. }));
}

#[test]
fn sizes_are_told_in_the_unit_that_fits() {
    let told = [512, 5 * MIB, 1536 * MIB].map(bytes);
    assert_eq!(told, ["0 KiB", "5 MiB", "1.5 GiB"]);
}
