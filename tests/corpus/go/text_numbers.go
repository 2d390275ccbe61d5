// Text and numbers: big integers, regular expressions, unicode, templates, json, hashes, keys, times and zones.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"reflect"
	"regexp"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func check(good bool) {
	if !good {
		panic("check")
	}
}

func main() {
	factorial := new(big.Int).MulRange(1, 2000).String()
	digits := 0
	for _, c := range factorial {
		digits += int(c - '0')
	}
	fmt.Println(len(factorial), digits)
	ten40 := new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil)
	fmt.Println(new(big.Int).Exp(big.NewInt(3), ten40, big.NewInt(1000000007)))
	mersenne := new(big.Int).Lsh(big.NewInt(1), 521)
	check(mersenne.Sub(mersenne, big.NewInt(1)).ProbablyPrime(20))
	fmt.Println(new(big.Float).SetPrec(200).Sqrt(new(big.Float).SetPrec(200).SetInt64(2)).Text('f', 50), new(big.Rat).Add(big.NewRat(1, 3), big.NewRat(1, 6)))
	text := "Žluťoučký kůň — 日本語 — 🎉"
	fmt.Println(strings.ToUpper(text), len(text), utf8.RuneCountInString(text), len(utf16.Encode([]rune(text))))
	check(strings.EqualFold("ŽLUŤ", "žluť") && unicode.Is(unicode.Han, '日') && !utf8.ValidString("\xff"))
	expression := regexp.MustCompile(`(?P<year>\d{4})-(?P<month>\d\d)`)
	fmt.Println(expression.ReplaceAllString("2024-05 and 1999-12", "${month}/${year}"), expression.SubexpNames())
	fmt.Println(len(regexp.MustCompile(`\b\pL+7\b`).FindAllString(strings.Repeat("word7 ž7 x8 ", 5000), -1)))
	check(!regexp.MustCompile(`(a+)+b$`).MatchString(strings.Repeat("a", 5000)))
	type thing struct {
		Name  string         `json:"name"`
		Parts map[string]int `json:"parts,omitempty"`
		Next  *thing         `json:"next,omitempty"`
	}
	first := thing{"ž", map[string]int{"a": 1, "b": 2}, &thing{Name: "next"}}
	packed, err := json.Marshal(first)
	check(err == nil)
	var second thing
	check(json.Unmarshal(packed, &second) == nil && reflect.DeepEqual(first, second))
	fmt.Println(string(packed))
	check(template.Must(template.New("t").Parse("{{range $k, $v := .Parts}}{{$k}}={{$v}};{{end}}\n")).Execute(os.Stdout, first) == nil)
	digest := sha256.Sum256([]byte("corpus"))
	fmt.Printf("%x %s\n", digest[:8], base64.StdEncoding.EncodeToString([]byte("žlutý")))
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err == nil)
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	check(err == nil && ecdsa.VerifyASN1(&key.PublicKey, digest[:], signature))
	moment := time.Date(2024, 2, 29, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	fmt.Println(moment.UTC().Format(time.RFC3339), moment.YearDay(), moment.AddDate(1, 0, 0).Format("2006-01-02"), moment.Weekday())
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	check(time.Since(start) >= 5*time.Millisecond)
	fmt.Printf("%8.3f|%-6s|%+d|%q|%v|%T|%x\n", 3.14159, "ab", 5, "ž", []any{1, nil, "x"}, first, 255)
	hostname, err := os.Hostname()
	check(err == nil && hostname != "")
}
