"""A job's configuration is made once, changed where it differs, and otherwise left alone."""

from xml.etree.ElementTree import fromstring

import pytest

from ci.errors import UsageError
from ci.jenkins import JenkinsClient, NotFound, Refused, Repository, multibranch, pipeline_from_scm
from ci.jenkins.job_comparison import differences, merged, unified_diff
from tests.fakes.jenkins import JenkinsDouble

SHOP = Repository("https://git.example.org/shop.git", credentials="git-login")

PIPELINE = """\
<?xml version='1.0' encoding='UTF-8'?>
<flow-definition>
  <actions />
  <description>Made by ci.</description>
  <keepDependencies>false</keepDependencies>
  <properties>
    <jenkins.model.BuildDiscarderProperty>
      <strategy class="hudson.tasks.LogRotator">
        <daysToKeep>-1</daysToKeep>
        <numToKeep>30</numToKeep>
        <artifactDaysToKeep>-1</artifactDaysToKeep>
        <artifactNumToKeep>-1</artifactNumToKeep>
      </strategy>
    </jenkins.model.BuildDiscarderProperty>
    <org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty>
      <triggers>
        <hudson.triggers.SCMTrigger>
          <spec>H/5 * * * *</spec>
          <ignorePostCommitHooks>false</ignorePostCommitHooks>
        </hudson.triggers.SCMTrigger>
      </triggers>
    </org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty>
  </properties>
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition">
    <scm class="hudson.plugins.git.GitSCM">
      <configVersion>2</configVersion>
      <userRemoteConfigs>
        <hudson.plugins.git.UserRemoteConfig>
          <url>https://git.example.org/shop.git</url>
          <credentialsId>git-login</credentialsId>
        </hudson.plugins.git.UserRemoteConfig>
      </userRemoteConfigs>
      <branches>
        <hudson.plugins.git.BranchSpec>
          <name>*/main</name>
        </hudson.plugins.git.BranchSpec>
      </branches>
      <doGenerateSubmoduleConfigurations>false</doGenerateSubmoduleConfigurations>
      <extensions />
    </scm>
    <scriptPath>Jenkinsfile</scriptPath>
    <lightweight>true</lightweight>
  </definition>
</flow-definition>
"""

BRANCHES = """\
<?xml version='1.0' encoding='UTF-8'?>
<org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject>
  <actions />
  <description>Made by ci.</description>
  <properties />
  <folderViews class="jenkins.branch.MultiBranchProjectViewHolder">
    <owner class="org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject" reference="../.." />
  </folderViews>
  <icon class="jenkins.branch.MetadataActionFolderIcon">
    <owner class="org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject" reference="../.." />
  </icon>
  <orphanedItemStrategy class="com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy">
    <pruneDeadBranches>true</pruneDeadBranches>
    <daysToKeep>30</daysToKeep>
    <numToKeep>20</numToKeep>
  </orphanedItemStrategy>
  <triggers>
    <com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger>
      <spec>*/5 * * * *</spec>
      <interval>300000</interval>
    </com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger>
  </triggers>
  <sources class="jenkins.branch.MultiBranchProject$BranchSourceList">
    <data>
      <jenkins.branch.BranchSource>
        <source class="jenkins.plugins.git.GitSCMSource">
          <id>ci</id>
          <remote>https://git.example.org/shop.git</remote>
          <credentialsId>git-login</credentialsId>
          <traits>
            <jenkins.plugins.git.traits.BranchDiscoveryTrait />
            <jenkins.scm.impl.trait.WildcardSCMHeadFilterTrait>
              <includes>main release/*</includes>
              <excludes />
            </jenkins.scm.impl.trait.WildcardSCMHeadFilterTrait>
          </traits>
        </source>
      </jenkins.branch.BranchSource>
    </data>
    <owner class="org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject" reference="../.." />
  </sources>
  <factory class="org.jenkinsci.plugins.workflow.multibranch.WorkflowBranchProjectFactory">
    <owner class="org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject" reference="../.." />
    <scriptPath>Jenkinsfile</scriptPath>
  </factory>
</org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject>
"""


def test_a_pipeline_job() -> None:
    assert pipeline_from_scm(SHOP, description="Made by ci.", poll="H/5 * * * *") == PIPELINE


def test_a_multibranch_project() -> None:
    made = multibranch(SHOP, branches="main release/*", description="Made by ci.", scan_minutes=5)
    assert made == BRANCHES


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\udcff", "\uffff"])
def test_a_letter_that_xml_can_not_hold(letter: str) -> None:
    with pytest.raises(UsageError, match="^url of the job holds '.*', which Jenkins can't keep: leave it out$"):
        pipeline_from_scm(Repository(f"https://git.example.com/{letter}"))


def test_an_interval_that_jenkins_does_not_offer() -> None:
    with pytest.raises(UsageError, match="can't scan every 7 minutes, only every 1, 2, 5, 10"):
        multibranch(SHOP, scan_minutes=7)


@pytest.mark.parametrize("config", [pipeline_from_scm(SHOP), multibranch(SHOP, branches="main")])
def test_what_was_created_needs_no_change(jenkins: JenkinsDouble, client: JenkinsClient, config: str) -> None:
    """Though the server has rewritten it: plugins' versions, order, defaults."""
    jenkins.add_folder("team")
    assert client.compare("team/shop", config).action == "create"
    assert client.upsert("team/shop", config).action == "create"
    posts = dict(jenkins.posts)
    assert posts == {"/job/team/createItem": 1}
    assert client.upsert("team/shop", config).action == "none"
    assert dict(jenkins.posts) == posts
    assert "plugin=" in (client.job_config("team/shop") or "")


def test_a_change_is_shown_before_it_is_made(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    client.upsert("shop", pipeline_from_scm(SHOP))
    wanted = pipeline_from_scm(Repository(SHOP.url, "other-login", "ci/Jenkinsfile"), branch="trunk", poll="H * * * *")
    change = client.compare("shop", wanted)
    assert change.action == "update"
    assert change.differences == (
        "properties/PipelineTriggersJobProperty: not there yet",
        "definition/scm/userRemoteConfigs/UserRemoteConfig/credentialsId: git-login -> other-login",
        "definition/scm/branches/BranchSpec/name: */main -> */trunk",
        "definition/scriptPath: Jenkinsfile -> ci/Jenkinsfile",
    )
    assert "-    <scriptPath>Jenkinsfile</scriptPath>\n+    <scriptPath>ci/Jenkinsfile</scriptPath>\n" in change.diff
    assert "plugin=" not in change.diff
    assert client.upsert("shop", wanted) == change
    assert client.compare("shop", wanted).action == "none"
    assert jenkins.posts["/job/shop/config.xml"] == 1


def test_what_others_have_set_stays(client: JenkinsClient) -> None:
    client.upsert("shop", multibranch(SHOP, description="ours", keep_days=3))
    ours = "<jenkins.plugins.git.traits.BranchDiscoveryTrait"
    by_hand = (client.job_config("shop") or "").replace(ours, f"<their.Trait/>{ours}")
    by_hand = by_hand.replace("<id>ci</id>", "<id>by-hand</id>")
    client.upsert_job("shop", by_hand)
    client.upsert("shop", multibranch(SHOP, keep_days=4))
    config = client.job_config("shop") or ""
    for kept in ("<their.Trait", "<id>by-hand</id>", "<description>ours</description>", "<daysToKeep>4</daysToKeep>"):
        assert kept in config


def test_a_job_with_its_script_in_jenkins_gets_it_from_the_repository() -> None:
    inline = (
        "<?xml version='1.1' encoding='UTF-8'?>\n<flow-definition plugin='workflow-job@1'>"
        "<definition class='org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'><script>x</script></definition>"
        "<disabled>true</disabled></flow-definition>"
    )
    wanted = pipeline_from_scm(SHOP)
    assert "definition: CpsFlowDefinition -> CpsScmFlowDefinition" in differences(inline, wanted)
    new = merged(inline, wanted)
    assert differences(new, wanted) == ()
    assert "<disabled>true</disabled>" in new and "<script>" not in new


def test_a_job_with_its_script_in_jenkins(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    script = "pipeline {\n  // 'a' & \"b\" <c>\n}\n"
    assert client.upsert_pipeline("try", jenkinsfile=script).action == "create"
    root = fromstring((client.job_config("try") or "").encode())
    assert root.findtext("definition/script") == script
    assert client.upsert_pipeline("try", jenkinsfile=script).action == "none"
    assert client.upsert_pipeline("try", scm=SHOP).action == "update"
    with pytest.raises(UsageError, match="give either the repository"):
        client.upsert_pipeline("try")


def test_a_job_of_another_kind_is_not_touched(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("shop", freestyle=True)
    with pytest.raises(Refused, match=r"is of another kind \(project\): choose another name"):
        client.upsert("shop", pipeline_from_scm(SHOP))


def test_a_configuration_that_python_can_not_read(client: JenkinsClient) -> None:
    """XML 1.1 has control characters."""
    with pytest.raises(Refused, match="configuration on the server can't be read"):
        differences("<?xml version='1.1'?><flow-definition><a>&#27;</a></flow-definition>", PIPELINE)


def test_a_folder_that_is_not_there(client: JenkinsClient) -> None:
    with pytest.raises(Refused, match="there is no folder team, or it is hidden from this user: create it first"):
        client.upsert("team/shop", PIPELINE)


def test_a_new_job_is_a_diff_as_well() -> None:
    diff = unified_diff(None, PIPELINE, job="shop").splitlines()
    assert diff[:3] == ["--- shop on the server", "+++ shop as wanted", "@@ -0,0 +1,44 @@"]


def test_there_is_no_such_job(client: JenkinsClient) -> None:
    assert client.job_config("none") is None
    with pytest.raises(NotFound):
        client.parameters("none")
