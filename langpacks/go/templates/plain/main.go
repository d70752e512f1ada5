package main

import (
	"context"
	"encoding/json"
)

// Answer is what an API or a function URL makes an HTTP response of.
type Answer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
}

// handle answers whatever asks: an API, a URL, a test.
func handle(_ context.Context, event json.RawMessage) (any, error) {
	request := struct {
		RawPath string `json:"rawPath"`
	}{RawPath: "/"}
	_ = json.Unmarshal(event, &request) // a test may send anything
	body, err := json.Marshal(map[string]string{"message": "It works", "path": request.RawPath})
	return Answer{200, map[string]string{"content-type": "application/json"}, string(body)}, err
}

func main() { start(handle) }
