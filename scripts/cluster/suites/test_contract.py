"""The kube module's contract tests against the real API server, with every kubectl and helm of tools.txt."""
import harness


def program():
    for folder in (harness.WEFT.parent, harness.SOURCE / "build/test"):
        if (folder / "kube_contract_test").exists():
            return folder / "kube_contract_test"
    return None


@harness.each_tool()
class KubeContract(harness.ClusterTest):
    limit = 900

    def test_drivers_keep_their_contract(self):
        if not program():
            self.skipTest("kube_contract_test is not built (scripts/build.sh test)")
        done = harness.run(program(), "~[charts]", timeout=self.limit, cwd=self.home, env=self.environment(
            WEFT_TEST_KUBECONFIG=str(self.cluster.kubeconfig), WEFT_TEST_KUBECTL=str(self.directory / "kubectl"),
            WEFT_TEST_HELM=str(self.directory / "helm")))
        self.assertEqual(0, done.code, done.stdout[-6000:] + done.stderr[-2000:])
