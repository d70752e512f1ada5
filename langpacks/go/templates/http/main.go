package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
)

// Request is what a function URL or an HTTP API sends (payload format 2.0), as far as it is used here.
type Request struct {
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	Query           map[string]string `json:"queryStringParameters"`
	RequestContext  struct {
		HTTP struct {
			Method string `json:"method"`
			Path   string `json:"path"`
		} `json:"http"`
	} `json:"requestContext"`
}

// Answer is what becomes an HTTP response.
type Answer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
}

var routes = map[string]func(Request) (Answer, error){"GET /": hello, "POST /": echo}

func handle(_ context.Context, event json.RawMessage) (any, error) {
	var request Request
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	asked := request.RequestContext.HTTP.Method + " " + request.RequestContext.HTTP.Path
	if route, found := routes[asked]; found {
		return route(request)
	}
	return answer(404, map[string]string{"message": "There is no " + asked})
}

func hello(request Request) (Answer, error) {
	name := "world"
	if given, found := request.Query["name"]; found {
		name = given
	}
	return answer(200, map[string]string{"message": "Hello, " + name})
}

func echo(request Request) (Answer, error) {
	document, err := body(request)
	if err != nil {
		return answer(400, map[string]string{"message": err.Error()})
	}
	return answer(200, map[string]any{"received": document})
}

// body is the JSON that was sent; nil where nothing was.
func body(request Request) (document any, err error) {
	text := []byte(request.Body)
	if request.IsBase64Encoded {
		if text, err = base64.StdEncoding.DecodeString(request.Body); err != nil {
			return nil, err
		}
	}
	if len(text) > 0 {
		err = json.Unmarshal(text, &document)
	}
	return document, err
}

func answer(status int, document any) (Answer, error) {
	body, err := json.Marshal(document)
	return Answer{status, map[string]string{"content-type": "application/json"}, string(body)}, err
}

func main() { start(handle) }
