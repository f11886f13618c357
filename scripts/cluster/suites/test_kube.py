"""The drivers of kubectl and helm against the real ones. The tests themselves are lib/kube/*_contract.cpp."""
import harness


class ContractTest(harness.ClusterTest):
    nodes = "fake"
    limit = 900

    def contract(self, *chosen):
        program = harness.WEFT.parent / "kube_contract_test"
        if not program.exists():
            self.skipTest(f"{program} is not built")
        done = harness.run(program, *chosen, timeout=self.limit - 30, cwd=harness.SOURCE, env=self.environment(
            WEFT_TEST_KUBECONFIG=str(self.cluster.kubeconfig), WEFT_TEST_KUBECTL=str(self.directory / "kubectl"),
            WEFT_TEST_HELM=str(self.directory / "helm"), WEFT_REALDATA=str(harness.REALDATA)))
        if done.code:
            self.fail(done.stdout[-8000:] + done.stderr[-2000:])


@harness.each_tool()
class Contract(ContractTest):
    def test_tools_and_cluster_do_what_the_drivers_expect(self):
        self.contract("~[charts]")


class PublishedCharts(ContractTest):
    def test_the_plan_of_an_installed_chart_is_empty(self):
        self.realdata("charts")
        self.contract("[charts]")

