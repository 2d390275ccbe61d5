// os/exec and signals: pipes, environments, groups, timeouts, exit statuses, notified signals, many at a time.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	out, err := exec.Command("sh", "-c", "echo $((6 * 7)) | tr 0-9 a-j").Output()
	check(err)
	fmt.Print("shell ", string(out))
	sort, head := exec.Command("sort", "-n"), exec.Command("head", "-n", "3")
	in, err := sort.StdinPipe()
	check(err)
	head.Stdin, err = sort.StdoutPipe()
	check(err)
	var text bytes.Buffer
	head.Stdout = &text
	check(sort.Start())
	check(head.Start())
	for n := 0; n < 1000; n++ {
		fmt.Fprintln(in, n*7919%1000)
	}
	in.Close()
	check(head.Wait())
	sort.Wait()
	fmt.Println("pipeline", strings.Fields(text.String()))
	command := exec.Command("sh", "-c", "echo $COLOUR; pwd; exit 3")
	command.Env, command.Dir = append(os.Environ(), "COLOUR=blue"), "/tmp"
	out, err = command.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		panic("no exit error")
	}
	fmt.Println(strings.Fields(string(out)), exit.ExitCode())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	fmt.Println("timeout", exec.CommandContext(ctx, "sleep", "60").Run())
	_, err = exec.LookPath("no-such-program")
	fmt.Println("missing", errors.Is(err, exec.ErrNotFound))

	group := exec.Command("sh", "-c", "sleep 60 & sleep 60")
	group.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	check(group.Start())
	check(syscall.Kill(-group.Process.Pid, syscall.SIGTERM))
	fmt.Println("group", group.Wait())
	dying := exec.Command("sleep", "60")
	dying.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	check(dying.Start())
	check(dying.Process.Signal(os.Interrupt))
	fmt.Println("interrupted", dying.Wait())

	var all sync.WaitGroup
	codes := make([]int, 20)
	for i := range codes {
		all.Add(1)
		go func(n int) {
			defer all.Done()
			command := exec.Command("sh", "-c", fmt.Sprintf("exit %d", n))
			command.Run()
			codes[n] = command.ProcessState.ExitCode()
		}(i)
	}
	all.Wait()
	fmt.Println("codes", codes)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGHUP)
	check(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	fmt.Println("signal", <-signals)
	check(syscall.Kill(os.Getpid(), syscall.SIGHUP))
	fmt.Println("signal", <-signals)
	signal.Ignore(syscall.SIGTERM)
	check(syscall.Kill(os.Getpid(), syscall.SIGTERM))

	reader, writer, err := os.Pipe()
	check(err)
	extra := exec.Command("sh", "-c", "echo through descriptor 3 >&3")
	extra.ExtraFiles = []*os.File{writer}
	check(extra.Run())
	writer.Close()
	got, err := io.ReadAll(reader)
	check(err)
	fmt.Print(string(got))
	big := exec.Command("cat")
	big.Stdin = strings.NewReader(strings.Repeat("x", 2000000))
	out, err = big.Output()
	check(err)
	fmt.Println("big", len(out))
	self, err := os.Executable()
	check(err)
	fmt.Println("self", self != "", os.Getppid() > 0)
	check(syscall.Exec("/bin/sh", []string{"sh", "-c", "echo replaced"}, os.Environ()))
}
