// Reads texts as kubectl does: one base64 text a line comes in, one JSON line with its documents or the error goes out.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/util/yaml"
)

type answer struct {
	Documents []json.RawMessage `json:"documents,omitempty"`
	Error     string            `json:"error,omitempty"`
}

func read(text []byte) (found answer) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var document json.RawMessage
		if err := decoder.Decode(&document); err == io.EOF {
			return found
		} else if err != nil {
			return answer{Error: err.Error()}
		}
		document = bytes.TrimSpace(document)
		if len(document) > 0 && !bytes.Equal(document, []byte("null")) {
			found.Documents = append(found.Documents, document)
		}
	}
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			text, wrong := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
			if wrong != nil {
				panic(wrong)
			}
			encoded, wrong := json.Marshal(read(text))
			if wrong != nil {
				panic(wrong)
			}
			out.Write(append(encoded, '\n'))
		}
		if err != nil {
			return
		}
	}
}
