package dev.kindling.yarn.emr;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindling emr cleanup}: removes what {@code kindling emr cluster} made. */
@Command(
        name = "cleanup",
        description = "Prints the commands that end a cluster and remove its roles; --work stays unless you say.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EmrCleanup implements Callable<Integer> {
    @Mixin
    private EmrOptions where;

    @Option(names = "--cluster-id", required = true, paramLabel = "ID", description = "The cluster, j-...")
    private String clusterId;

    @Option(names = "--read", paramLabel = "S3PATH", description = "As for kindling emr cluster.")
    private List<String> read = new ArrayList<>();

    @Option(names = "--write", paramLabel = "S3PATH", description = "As for kindling emr cluster.")
    private List<String> write = new ArrayList<>();

    @Option(names = "--delete-work", description = "Also delete all below --work: runtime, programs, logs.")
    private boolean isDeletingWork;

    @Override
    public Integer call() {
        where.check();
        String id = EmrOptions.clusterId(clusterId);
        Shell shell = new Shell();
        shell.comment("The cluster, and what lies in its HDFS.");
        shell.run("aws", "emr", "terminate-clusters", "--region", where.region(), "--cluster-ids", id);
        shell.run("aws", "emr", "wait", "cluster-terminated", "--region", where.region(), "--cluster-id", id);
        removeNodeRole(shell);
        removeServiceRole(shell);
        if (isDeletingWork) {
            shell.comment("Runtime, programs and logs.");
            shell.run("aws", "s3", "rm", "--recursive", Shell.word(where.work().uri("")));
        }
        System.out.print(shell);
        return 0;
    }

    private void removeNodeRole(Shell shell) {
        String role = where.nodeRole();
        shell.comment("The role of the nodes.");
        shell.run(
                "aws",
                "iam",
                "remove-role-from-instance-profile",
                "--instance-profile-name",
                role,
                "--role-name",
                role);
        shell.run("aws", "iam", "delete-instance-profile", "--instance-profile-name", role);
        deletePolicy(shell, role, "work");
        IntStream.range(0, read.size()).forEach(i -> deletePolicy(shell, role, "read-" + i));
        IntStream.range(0, write.size()).forEach(i -> deletePolicy(shell, role, "write-" + i));
        shell.run("aws", "iam", "delete-role", "--role-name", role);
    }

    private void removeServiceRole(Shell shell) {
        String role = where.serviceRole();
        shell.comment("The role of EMR.");
        shell.run(
                "aws",
                "iam",
                "detach-role-policy",
                "--role-name",
                role,
                "--policy-arn",
                Shell.word(EmrCluster.SERVICE_POLICY));
        deletePolicy(shell, role, EmrCluster.PASS_ROLE);
        shell.run("aws", "iam", "delete-role", "--role-name", role);
    }

    private static void deletePolicy(Shell shell, String role, String name) {
        shell.run("aws", "iam", "delete-role-policy", "--role-name", role, "--policy-name", name);
    }
}
