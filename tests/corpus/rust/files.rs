// std::fs: trees, links, permissions, positioned reads, rename, metadata, errors, buffered lines, temporary names.
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{symlink, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::io::AsRawFd;

extern "C" {
    fn flock(fd: i32, operation: i32) -> i32;
    fn mmap(at: *mut u8, length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn munmap(at: *mut u8, length: usize) -> i32;
}

fn main() -> io::Result<()> {
    let root = std::env::temp_dir().join(format!("corpus-{}", std::process::id()));
    fs::create_dir_all(root.join("a/b/ž日本🎉"))?;
    std::env::set_current_dir(&root)?;
    for n in 0..100 { fs::write(format!("{n:02}.txt"), "x".repeat(n))?; }
    fs::rename("07.txt", "a/b/moved")?;
    println!("copied {}", fs::copy("99.txt", "a/copied")?);
    fs::hard_link("08.txt", "hard")?;
    symlink("08.txt", "soft")?;
    fs::set_permissions("hard", fs::Permissions::from_mode(0o600))?;
    let metadata = fs::metadata("soft")?;
    println!("{:o} {} {} {:?}", metadata.mode(), metadata.nlink(), metadata.len(), fs::read_link("soft")?);
    assert!(fs::symlink_metadata("soft")?.file_type().is_symlink() && metadata.modified()?.elapsed().is_ok());
    assert_eq!(fs::canonicalize("soft")?, fs::canonicalize("08.txt")?);
    fn size(path: &std::path::Path) -> io::Result<u64> {
        fs::read_dir(path)?.map(|entry| { let entry = entry?; if entry.file_type()?.is_dir() { size(&entry.path()) } else { Ok(entry.metadata()?.len()) } }).sum()
    }
    fs::remove_file("soft")?;
    println!("size {}", size(&root)?);
    println!("{:?} {:?}", File::open("missing").unwrap_err().kind(), OpenOptions::new().write(true).create_new(true).open("hard").unwrap_err().kind());
    let mut file = OpenOptions::new().read(true).write(true).create(true).mode(0o640).open("data")?;
    file.set_len(1 << 20)?;
    file.write_all_at(b"positioned", 5000)?;
    let mut part = [0; 10];
    file.read_exact_at(&mut part, 5000)?;
    println!("{}", std::str::from_utf8(&part).unwrap());
    unsafe {
        let memory = mmap(std::ptr::null_mut(), 1 << 20, 3, 1, file.as_raw_fd(), 0);
        assert_ne!(memory as isize, -1);
        memory.add(70000).write_volatile(77);
        assert_eq!(munmap(memory, 1 << 20), 0);
        let other = File::open("data")?;
        assert_eq!(flock(file.as_raw_fd(), 2), 0);
        println!("locked {}", flock(other.as_raw_fd(), 2 | 4));
    }
    file.seek(SeekFrom::Start(70000))?;
    let mut one = [0];
    file.read_exact(&mut one)?;
    println!("mapped {}", one[0]);
    file.sync_all()?;
    let mut lines = BufWriter::new(File::create("lines")?);
    for n in 0..100_000 { writeln!(lines, "řádek {n}")?; }
    lines.flush()?;
    println!("lines {}", BufReader::new(File::open("lines")?).lines().map(|l| l.unwrap()).filter(|l| l.ends_with('7')).count());
    let mut appended = OpenOptions::new().append(true).open("lines")?;
    io::copy(&mut File::open("99.txt")?, &mut appended)?;
    println!("appended {}", fs::metadata("lines")?.len());
    let clone = appended.try_clone()?;
    drop(appended);
    assert!(clone.metadata()?.is_file());
    assert!(fs::remove_dir("a").is_err() && fs::read_to_string("/proc/self/status")?.starts_with("Name:"));
    std::env::set_current_dir("/")?;
    fs::remove_dir_all(&root)?;
    println!("gone {}", !root.exists());
    Ok(())
}
