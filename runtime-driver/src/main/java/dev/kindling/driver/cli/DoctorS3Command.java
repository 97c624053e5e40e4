package dev.kindling.driver.cli;

import dev.kindling.config.Config;
import dev.kindling.storage.s3.S3Doctor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindling doctor s3}: which identity is used for a path, from where, and what it may do there. */
@Command(
        name = "s3",
        description =
                "Says whose credentials are used for an s3:// path, where they are from, and what they may do there.",
        mixinStandardHelpOptions = true)
final class DoctorS3Command implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "Such as s3://bucket/directory")
    private String path;

    @Option(
            names = "--write",
            description = "Succeed only if a job may write to it. Default: if a job may read what is there")
    private boolean isForWriting;

    @Option(
            names = "--abort-uploads",
            description = "Abort uploads of Kindling below it that no living job works on; others' are left alone.")
    private boolean isAborting;

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting; see kindling config.")
    private Map<String, String> conf = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        if (!path.startsWith("s3://") && !path.startsWith("s3a://")) {
            throw new UsageError("PATH is " + path + "; give one that begins with s3://");
        }
        return S3Doctor.examine(Config.parse(conf), path, isForWriting, isAborting, System.out::println)
                ? Main.DONE
                : Main.FAILED;
    }
}
