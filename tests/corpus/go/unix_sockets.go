// net and http over unix sockets, pairs and pipes in memory, deadlines, and what a program without a network is told.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	path := "/tmp/corpus-go.sock"
	os.Remove(path)
	listener, err := net.Listen("unix", path)
	check(err)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				for scanner := bufio.NewScanner(connection); scanner.Scan(); {
					fmt.Fprintf(connection, "<%s>\n", scanner.Text())
				}
			}()
		}
	}()
	var group sync.WaitGroup
	for i := 0; i < 30; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			connection, err := net.Dial("unix", path)
			check(err)
			defer connection.Close()
			reader := bufio.NewReader(connection)
			for turn := 0; turn < 20; turn++ {
				fmt.Fprintf(connection, "klient ž %d %d\n", n, turn)
				line, err := reader.ReadString('\n')
				check(err)
				if line != fmt.Sprintf("<klient ž %d %d>\n", n, turn) {
					panic(line)
				}
			}
		}(i)
	}
	group.Wait()
	listener.Close()
	fmt.Println("clients 30")

	listener, err = net.Listen("unix", "@corpus-go")
	check(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s %d", r.Method, r.URL.Path, len(body))
	})}
	go server.Serve(listener)
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", "@corpus-go")
	}}}
	for i := 0; i < 10; i++ {
		response, err := client.Post("http://box/path", "text/plain", io.LimitReader(zeros{}, 50000))
		check(err)
		body, err := io.ReadAll(response.Body)
		check(err)
		response.Body.Close()
		if i == 9 {
			fmt.Println("http", response.StatusCode, string(body))
		}
	}
	check(server.Shutdown(context.Background()))

	one, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/tmp/corpus-go.dgram", Net: "unixgram"})
	check(err)
	two, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: "/tmp/corpus-go.dgram", Net: "unixgram"})
	check(err)
	two.Write([]byte("datagram"))
	buffer := make([]byte, 100)
	n, _, err := one.ReadFrom(buffer)
	check(err)
	fmt.Println(string(buffer[:n]))
	check(one.SetReadDeadline(time.Now().Add(5 * time.Millisecond)))
	_, _, err = one.ReadFrom(buffer)
	fmt.Println("deadline", errors.Is(err, os.ErrDeadlineExceeded))
	os.Remove("/tmp/corpus-go.dgram")
	_, err = net.DialTimeout("tcp", "127.0.0.1:9", 5*time.Second)
	fmt.Println("no network", err != nil)
	// Where nsswitch.conf says "hosts: files" alone, Go 1.19 returns an empty list and no error.
	addresses, err := net.LookupHost("no.such.name.invalid")
	fmt.Println("unknown name", err != nil || len(addresses) == 0)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
