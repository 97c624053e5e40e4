package dev.kindling.yarn.emr;

import dev.kindling.driver.cli.UsageError;
import dev.kindling.storage.s3.AwsPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code kindling emr cluster}: two roles with the rights that are needed and no more, and a cluster. Core nodes hold HDFS,
 * drivers and whatever the program wants there; task nodes hold executors only, and may be spot instances.
 */
@Command(
        name = "cluster",
        description = "Prints the commands that make roles and a cluster.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EmrCluster implements Callable<Integer> {
    /** Without it on cluster, subnet and VPC the managed policy of the service role allows nothing. */
    private static final String TAG = "for-use-with-amazon-emr-managed-policies";

    static final String SERVICE_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";

    /** Name of the service role's own policy. */
    static final String PASS_ROLE = "pass-role";

    @Mixin
    private EmrOptions where;

    @Option(
            names = "--account",
            required = true,
            paramLabel = "N",
            description = "Your account's number: aws sts get-caller-identity --query Account")
    private String account;

    @Option(names = "--subnet", required = true, paramLabel = "ID", description = "Subnet of the nodes, subnet-...")
    private String subnet;

    @Option(
            names = "--distribution",
            required = true,
            paramLabel = "FILE",
            description = "The archive of Kindling, kindling-VERSION.tar.gz.")
    private String distribution;

    @Option(
            names = "--release",
            paramLabel = "LABEL",
            defaultValue = EmrRelease.DEFAULT,
            description = "Release of EMR. Default: " + EmrRelease.DEFAULT)
    private String release;

    @Option(
            names = "--core",
            paramLabel = "N",
            defaultValue = "2",
            description = "Core nodes, always on demand. Default: 2")
    private int core;

    @Option(names = "--task", paramLabel = "N", defaultValue = "0", description = "Task nodes. Default: 0")
    private int task;

    @Option(names = "--spot", description = "Task nodes are spot instances, for the on-demand price at most.")
    private boolean isSpot;

    @Option(
            names = "--instance-type",
            paramLabel = "TYPE",
            defaultValue = "m5.xlarge",
            description = "Of all nodes. Default: m5.xlarge")
    private String instanceType;

    @Option(names = "--read", paramLabel = "S3PATH", description = "Programs read there; may be repeated.")
    private List<String> read = new ArrayList<>();

    @Option(names = "--write", paramLabel = "S3PATH", description = "Programs also save there; may be repeated.")
    private List<String> write = new ArrayList<>();

    @Option(
            names = "--idle-minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "The cluster ends when it has had nothing to do for so long. Default: 60")
    private int idleMinutes;

    private void check() {
        where.check();
        requireMatch("--account", account, "\\d{12}", "123456789012");
        requireMatch("--subnet", subnet, "subnet-[0-9a-f]+", "subnet-0123456789abcdef0");
        requireMatch("--instance-type", instanceType, "[a-z0-9-]+\\.[a-z0-9-]+", "m5.xlarge");
        if (core < 1) {
            throw new UsageError("--core is " + core + "; HDFS lies on core nodes, so give 1 or more");
        }
        if (task < 0) {
            throw new UsageError("--task is " + task + "; use a number from 0");
        }
        if (isSpot && task == 0) {
            throw new UsageError("--spot is about task nodes, of which there are none; give --task N");
        }
        // What EMR's API accepts: a minute to a week.
        if (idleMinutes < 1 || idleMinutes > 7 * 24 * 60) {
            throw new UsageError("--idle-minutes is " + idleMinutes + "; use a number from 1 to 10080");
        }
    }

    private static void requireMatch(String option, String value, String pattern, String example) {
        if (!value.matches(pattern)) {
            throw new UsageError(option + " is " + value + "; give one such as " + example);
        }
    }

    @Override
    public Integer call() {
        check();
        EmrRelease of = EmrRelease.parse(release);
        Shell shell = new Shell();
        shell.comment("The runtime, once for all clusters that use this directory.");
        shell.run("aws", "s3", "cp", Shell.word(distribution), Shell.word(EmrStep.runtimeIn(where.work())));
        makeServiceRole(shell);
        makeNodeRole(shell);
        makeCluster(shell, of);
        System.out.print(shell);
        return 0;
    }

    private void makeServiceRole(Shell shell) {
        shell.comment("The role by which EMR makes instances, for clusters of this account and region only.");
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("StringEquals", Map.of("aws:SourceAccount", account));
        condition.put(
                "ArnLike",
                Map.of("aws:SourceArn", "arn:aws:elasticmapreduce:" + where.region() + ":" + account + ":*"));
        createRole(shell, where.serviceRole(), "elasticmapreduce.amazonaws.com", condition);
        shell.run(
                "aws",
                "iam",
                "attach-role-policy",
                "--role-name",
                where.serviceRole(),
                "--policy-arn",
                Shell.word(SERVICE_POLICY));
        Map<String, Object> pass = statement("GivesNodesTheirRole", List.of("iam:PassRole"));
        pass.put("Resource", "arn:aws:iam::" + account + ":role/" + where.nodeRole());
        pass.put("Condition", Map.of("StringEquals", Map.of("iam:PassedToService", "ec2.amazonaws.com")));
        putPolicy(shell, where.serviceRole(), PASS_ROLE, Shell.json(policy(List.of(pass))));
    }

    private void makeNodeRole(Shell shell) {
        shell.comment("The role of the nodes, which programs have: these places and nothing else.");
        createRole(shell, where.nodeRole(), "ec2.amazonaws.com", Map.of());
        EmrPlace work = where.work();
        putPolicy(shell, where.nodeRole(), "work", Shell.word(AwsPolicy.write(work.bucket(), work.prefix(), true, "")));
        givePlaces(shell, "--read", read, false);
        givePlaces(shell, "--write", write, true);
        shell.run("aws", "iam", "create-instance-profile", "--instance-profile-name", where.nodeRole());
        shell.run(
                "aws",
                "iam",
                "add-role-to-instance-profile",
                "--instance-profile-name",
                where.nodeRole(),
                "--role-name",
                where.nodeRole());
        shell.run("aws", "iam", "wait", "instance-profile-exists", "--instance-profile-name", where.nodeRole());
    }

    private void givePlaces(Shell shell, String option, List<String> paths, boolean mayWrite) {
        for (int i = 0; i < paths.size(); i++) {
            EmrPlace place = EmrPlace.parse(option, paths.get(i));
            putPolicy(
                    shell,
                    where.nodeRole(),
                    option.substring(2) + "-" + i,
                    Shell.word(AwsPolicy.write(place.bucket(), place.prefix(), mayWrite, "")));
        }
    }

    private void makeCluster(Shell shell, EmrRelease of) {
        shell.comment("EMR's policy works in networks that carry its tag.");
        shell.set(
                "vpc",
                "aws",
                "ec2",
                "describe-subnets",
                "--region",
                where.region(),
                "--subnet-ids",
                subnet,
                "--query",
                Shell.word("Subnets[0].VpcId"),
                "--output",
                "text");
        shell.run(
                "aws",
                "ec2",
                "create-tags",
                "--region",
                where.region(),
                "--resources",
                subnet,
                "\"$vpc\"",
                "--tags",
                "Key=" + TAG + ",Value=true");
        shell.comment("The cluster. It ends after " + idleMinutes + " minutes without work.");
        shell.set("cluster", createCluster(of).toArray(String[]::new));
        shell.run("echo", "\"$cluster\"");
        shell.run("aws", "emr", "wait", "cluster-running", "--region", where.region(), "--cluster-id", "\"$cluster\"");
    }

    private List<String> createCluster(EmrRelease of) {
        List<String> words = new ArrayList<>(List.of("aws", "emr", "create-cluster", "--region", where.region()));
        words.addAll(List.of("--name", where.name(), "--release-label", of.label()));
        words.addAll(List.of("--applications", "Name=Hadoop"));
        words.addAll(List.of("--service-role", where.serviceRole()));
        words.addAll(List.of("--ec2-attributes", "InstanceProfile=" + where.nodeRole() + ",SubnetId=" + subnet));
        words.addAll(List.of("--instance-groups", Shell.json(instanceGroups())));
        if (task > 0 && !of.labelsCoreNodes()) {
            // So that drivers can be kept off nodes that come and go.
            Map<String, Object> labels = new LinkedHashMap<>();
            labels.put("yarn.node-labels.enabled", "true");
            labels.put("yarn.node-labels.am.default-node-label-expression", "CORE");
            Map<String, Object> yarn = new LinkedHashMap<>();
            yarn.put("Classification", "yarn-site");
            yarn.put("Properties", labels);
            words.addAll(List.of("--configurations", Shell.json(List.of(yarn))));
        }
        words.addAll(List.of("--log-uri", Shell.word(where.work().uri("logs/"))));
        words.addAll(List.of("--auto-termination-policy", "IdleTimeout=" + idleMinutes * 60));
        words.addAll(List.of("--tags", TAG + "=true"));
        words.addAll(List.of("--query", "ClusterId", "--output", "text"));
        return words;
    }

    private List<Object> instanceGroups() {
        List<Object> groups = new ArrayList<>();
        groups.add(group("primary", "MASTER", 1));
        groups.add(group("core", "CORE", core));
        if (task > 0) {
            Map<String, Object> tasks = group("task", "TASK", task);
            if (isSpot) {
                tasks.put("BidPrice", "OnDemandPrice");
            }
            groups.add(tasks);
        }
        return groups;
    }

    private Map<String, Object> group(String name, String type, int count) {
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("Name", name);
        group.put("InstanceGroupType", type);
        group.put("InstanceType", instanceType);
        group.put("InstanceCount", count);
        return group;
    }

    private static void createRole(Shell shell, String role, String service, Map<String, Object> condition) {
        Map<String, Object> assume = statement("", List.of("sts:AssumeRole"));
        assume.put("Principal", Map.of("Service", service));
        if (!condition.isEmpty()) {
            assume.put("Condition", condition);
        }
        shell.run(
                "aws",
                "iam",
                "create-role",
                "--role-name",
                role,
                "--assume-role-policy-document",
                Shell.json(policy(List.of(assume))));
    }

    private static void putPolicy(Shell shell, String role, String name, String document) {
        shell.run(
                "aws",
                "iam",
                "put-role-policy",
                "--role-name",
                role,
                "--policy-name",
                name,
                "--policy-document",
                document);
    }

    private static Map<String, Object> statement(String id, List<String> actions) {
        Map<String, Object> statement = new LinkedHashMap<>();
        if (!id.isEmpty()) {
            statement.put("Sid", id);
        }
        statement.put("Effect", "Allow");
        statement.put("Action", actions);
        return statement;
    }

    private static Map<String, Object> policy(List<Map<String, Object>> statements) {
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("Version", "2012-10-17");
        policy.put("Statement", statements);
        return policy;
    }
}
