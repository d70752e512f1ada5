package main

// How Lambda is spoken to: its Runtime API (2018-06-01), in a loop. github.com/aws/aws-lambda-go does the same and more:
// with it in go.mod, call lambda.Start(handle) in main.go, and take this file away.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"
)

// Handler works on one event. What it answers becomes JSON.
type Handler func(context.Context, json.RawMessage) (any, error)

var runtimeAPI = "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"

// start asks for events and answers them, until Lambda ends the process.
func start(handle Handler) {
	for {
		next, err := http.Get(runtimeAPI + "next")
		if err != nil {
			log.Fatal(err)
		}
		event, err := io.ReadAll(next.Body)
		next.Body.Close()
		if err != nil || next.StatusCode != http.StatusOK {
			log.Fatalf("the runtime API said %s: %v", next.Status, err)
		}
		respond(next.Header, event, handle)
	}
}

func respond(header http.Header, event []byte, handle Handler) {
	id := header.Get("Lambda-Runtime-Aws-Request-Id")
	os.Setenv("_X_AMZN_TRACE_ID", header.Get("Lambda-Runtime-Trace-Id"))
	ctx := context.Background()
	if deadline, err := strconv.ParseInt(header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64); err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, time.UnixMilli(deadline))
		defer cancel()
	}
	result, err := guarded(ctx, event, handle)
	var body []byte
	if err == nil {
		body, err = json.Marshal(result)
	}
	if err != nil {
		body, _ = json.Marshal(map[string]string{"errorType": fmt.Sprintf("%T", err), "errorMessage": err.Error()})
		post(id+"/error", body)
		return
	}
	post(id+"/response", body)
}

// guarded makes an error of a panic, so that the process lives on.
func guarded(ctx context.Context, event []byte, handle Handler) (result any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
			log.Printf("%v\n%s", err, debug.Stack())
		}
	}()
	return handle(ctx, event)
}

func post(path string, body []byte) {
	taken, err := http.Post(runtimeAPI+path, "application/json", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(io.Discard, taken.Body)
	taken.Body.Close()
}
