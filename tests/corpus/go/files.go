// Files: temporary trees, links, locks, maps, times, walking, archives, buffered and positioned I/O.
package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	root, err := os.MkdirTemp("", "corpus")
	check(err)
	defer os.RemoveAll(root)
	check(os.Chdir(root))
	for i := 0; i < 100; i++ {
		check(os.WriteFile(fmt.Sprintf("%02d.txt", i), []byte(strings.Repeat("x", i)), 0o644))
	}
	check(os.MkdirAll("a/b/ž日本🎉", 0o755))
	check(os.Rename("07.txt", "a/b/moved"))
	check(os.Link("08.txt", "hard"))
	check(os.Symlink("08.txt", "soft"))
	check(os.Chmod("hard", 0o600))
	check(os.Chtimes("hard", time.Unix(1000, 0), time.Unix(2000, 5)))
	info, err := os.Stat("soft")
	check(err)
	target, err := os.Readlink("soft")
	check(err)
	fmt.Println(info.Mode(), info.ModTime().UnixNano(), info.Sys().(*syscall.Stat_t).Nlink, target)
	var size int64
	count := 0
	check(filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		check(err)
		if info, err := entry.Info(); err == nil && entry.Type().IsRegular() {
			size += info.Size()
			count++
		}
		return nil
	}))
	fmt.Println("walked", count, size)
	_, err = os.OpenFile("hard", os.O_CREATE|os.O_EXCL, 0o600)
	fmt.Println(errors.Is(err, fs.ErrExist), errors.Is(os.Remove("a"), syscall.ENOTEMPTY))

	one, err := os.OpenFile("lock", os.O_RDWR|os.O_CREATE, 0o600)
	check(err)
	two, err := os.Open("lock")
	check(err)
	check(syscall.Flock(int(one.Fd()), syscall.LOCK_EX))
	fmt.Println("lock", syscall.Flock(int(two.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == syscall.EWOULDBLOCK)
	check(one.Truncate(1 << 20))
	memory, err := syscall.Mmap(int(one.Fd()), 0, 1<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	copy(memory[5000:], "mapped")
	check(syscall.Munmap(memory))
	part := make([]byte, 6)
	_, err = one.ReadAt(part, 5000)
	check(err)
	fmt.Println(string(part))
	check(one.Sync())

	packed, err := os.Create("packed.tar.gz")
	check(err)
	zip := gzip.NewWriter(packed)
	archive := tar.NewWriter(zip)
	for i := 10; i < 20; i++ {
		check(archive.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Size: int64(i), Mode: 0o600}))
		_, err = io.CopyN(archive, strings.NewReader(strings.Repeat("y", i)), int64(i))
		check(err)
	}
	check(archive.Close())
	check(zip.Close())
	_, err = packed.Seek(0, io.SeekStart)
	check(err)
	unzip, err := gzip.NewReader(packed)
	check(err)
	reader := tar.NewReader(unzip)
	size, count = 0, 0
	for header, err := reader.Next(); err == nil; header, err = reader.Next() {
		size += header.Size
		count++
	}
	fmt.Println("archive", count, size)
	lines, err := os.Create("lines")
	check(err)
	buffered := bufio.NewWriter(lines)
	for i := 0; i < 100000; i++ {
		fmt.Fprintf(buffered, "line %d\n", i)
	}
	check(buffered.Flush())
	check(lines.Close())
	lines, err = os.Open("lines")
	check(err)
	copied, err := os.Create("copied")
	check(err)
	sent, err := io.Copy(copied, lines) // copy_file_range
	check(err)
	_, err = copied.Seek(0, io.SeekStart)
	check(err)
	count = 0
	for scanner := bufio.NewScanner(copied); scanner.Scan(); count++ {
	}
	fmt.Println("lines", count, sent)
	check(syscall.Mkfifo("fifo", 0o600))
	go os.WriteFile("fifo", []byte("through a fifo"), 0)
	text, err := os.ReadFile("fifo")
	check(err)
	fmt.Println(string(text))
}
