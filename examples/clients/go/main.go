// Ageflows watches flows begin and sets how long they live when idle, by the responder's port: a client of Weir's API in Go.
//
//	ageflows -api unix:/run/weir/weir.sock -idle udp/53=2s -idle tcp/22=4h
//
// A line is printed for each beginning and each end, with what the flow carried.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/golang/protobuf/ptypes"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	api "weir/v1"
)

const retry = time.Second

// service is what a flow's responder offers: a protocol's number and a port.
type service struct {
	protocol, port uint32
}

// lifetimes holds how long idle flows live, by service; a flag that can be given several times.
type lifetimes map[service]time.Duration

var protocols = map[string]uint32{"tcp": 6, "udp": 17}

func (l lifetimes) String() string { return fmt.Sprint(map[service]time.Duration(l)) }

func (l lifetimes) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	protocol, port, slash := strings.Cut(name, "/")
	number, err := strconv.ParseUint(port, 10, 16)
	if !found || !slash || protocols[protocol] == 0 || err != nil {
		return errors.New("write it as udp/53=2s")
	}
	idle, err := time.ParseDuration(value)
	if err != nil || idle < 0 {
		return fmt.Errorf("%q is no time; write it as 2s", value)
	}
	l[service{protocols[protocol], uint32(number)}] = idle
	return nil
}

func main() {
	idle := lifetimes{}
	address := flag.String("api", "unix:/run/weir/weir.sock", "where Weir is asked: unix:PATH, or HOST:PORT of an insecure listener")
	flag.Var(idle, "idle", "PROTOCOL/PORT=TIME, how long idle flows to that port live; several times for several")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("ageflows: ")

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	connection, err := connect(*address)
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	client := &ager{api.NewFlowTableClient(connection), idle, nil}
	for ctx.Err() == nil {
		err := client.watch(ctx)
		switch status.Code(err) {
		case codes.Canceled:
		case codes.Unavailable, codes.OK:
			log.Printf("waiting: %v", err)
			time.Sleep(retry)
		default:
			log.Fatal(err)
		}
	}
}

// connect dials by hand: this release of gRPC names the socket's path as the host, which no server takes.
func connect(address string) (*grpc.ClientConn, error) {
	network, where := "tcp", address
	if path := strings.TrimPrefix(address, "unix:"); path != address {
		network, where = "unix", path
	}
	return grpc.Dial("passthrough:///weir", grpc.WithInsecure(), grpc.WithAuthority("localhost"),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, where)
		}))
}

type ager struct {
	table  api.FlowTableClient
	idle   lifetimes
	resume *api.Position
}

// watch reads events until the stream ends, and remembers where it was.
func (a *ager) watch(ctx context.Context) error {
	stream, err := a.table.WatchFlows(ctx, &api.WatchFlowsRequest{
		Kinds:       []api.EventKind{api.EventKind_CREATED, api.EventKind_ENDED},
		ResumeAfter: a.resume,
	})
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if a.resume == nil {
			fmt.Println("watching")
		}
		if gap := message.GetGap(); gap != nil {
			fmt.Printf("missed %d events: %v\n", gap.Missed, gap.Reason)
		}
		if err := a.happened(ctx, message.Events); err != nil {
			return err
		}
		a.resume = message.Position
	}
}

// happened tells of events, and changes the flows that began, all of them in one call.
func (a *ager) happened(ctx context.Context, events []*api.Event) error {
	var changes []*api.FlowChange
	for _, event := range events {
		flow := event.Flow
		if event.Kind == api.EventKind_ENDED {
			fmt.Printf("ended %s: %v, %d packets %d octets out, %d packets %d octets back\n", show(flow.Key), flow.EndReason,
				flow.GetForward().GetPackets(), flow.GetForward().GetBytes(), flow.GetReverse().GetPackets(), flow.GetReverse().GetBytes())
			continue
		}
		fmt.Printf("began %s\n", show(flow.Key))
		if idle, found := a.idle[service{flow.Key.Protocol, flow.Key.DestinationPort}]; found {
			changes = append(changes, &api.FlowChange{
				Key:      flow.Key,
				Lifetime: &api.Lifetime{Kind: &api.Lifetime_Idle{Idle: ptypes.DurationProto(idle)}},
			})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	answer, err := a.table.UpdateFlows(ctx, &api.UpdateFlowsRequest{Changes: changes})
	if err != nil {
		return err
	}
	for _, failure := range answer.Failures {
		fmt.Printf("not updated: %s: %s\n", show(changes[failure.Index].Key), failure.Message)
	}
	fmt.Printf("aged %d flows\n", answer.Updated)
	return nil
}

func show(key *api.FlowKey) string {
	protocol := strconv.Itoa(int(key.Protocol))
	for name, number := range protocols {
		if number == key.Protocol {
			protocol = name
		}
	}
	source := net.JoinHostPort(key.Source, strconv.Itoa(int(key.SourcePort)))
	return fmt.Sprintf("%s %s > %s", protocol, source, net.JoinHostPort(key.Destination, strconv.Itoa(int(key.DestinationPort))))
}
