// Command weft-kube is every program of a small Kubernetes cluster in one file. It runs one of them,
// chosen by the name it is called by or by its first argument:
//
//	weft-kube kube-apiserver --etcd-servers=http://127.0.0.1:2379 ...
//	ln -s weft-kube kubelet && ./kubelet --config=...
//
// etcd is the embedded server with the three flags that the test cluster sets.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	_ "time/tzdata" // CronJobs name time zones, and bare machines have no table of them

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var programs = map[string]func() int{
	"kube-apiserver":          component(apiserver.NewAPIServerCommand),
	"kube-controller-manager": component(manager.NewControllerManagerCommand),
	"kube-scheduler":          component(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kube-proxy":              component(proxy.NewProxyCommand),
	"kubelet":                 component(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"etcd":                    etcd,
}

func component(command func() *cobra.Command) func() int {
	return func() int { return cli.Run(command()) }
}

// etcd serves one member that forgets nothing it is told but syncs nothing to disk either.
func etcd() int {
	directory := flag.String("data-dir", "", "where the data is kept")
	client := flag.String("listen-client-urls", "http://127.0.0.1:2379", "where clients are served")
	peer := flag.String("listen-peer-urls", "http://127.0.0.1:2380", "where peers would be served")
	flag.Parse()

	config := embed.NewConfig()
	config.Name, config.Dir, config.UnsafeNoFsync, config.LogLevel = "weft", *directory, true, "warn"
	for _, address := range []struct {
		text string
		into []*[]url.URL
	}{
		{*client, []*[]url.URL{&config.ListenClientUrls, &config.AdvertiseClientUrls}},
		{*peer, []*[]url.URL{&config.ListenPeerUrls, &config.AdvertisePeerUrls}},
	} {
		parsed, err := url.Parse(address.text)
		if err != nil {
			return failed(err)
		}
		for _, list := range address.into {
			*list = []url.URL{*parsed}
		}
	}
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	server, err := embed.StartEtcd(config)
	if err != nil {
		return failed(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		server.Close()
		return 0
	case err := <-server.Err():
		return failed(err)
	}
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, "etcd:", err)
	return 1
}

func main() {
	name := filepath.Base(os.Args[0])
	if programs[name] == nil && len(os.Args) > 1 {
		name, os.Args = os.Args[1], os.Args[1:]
	}
	run := programs[name]
	if run == nil {
		var names []string
		for known := range programs {
			names = append(names, known)
		}
		sort.Strings(names)
		fmt.Fprintln(os.Stderr, "usage: weft-kube PROGRAM [FLAG]..., where PROGRAM is one of:", strings.Join(names, " "))
		os.Exit(2)
	}
	os.Exit(run())
}
