package dev.kindling.driver.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kindling kill}: ends an application started with {@code --deploy-mode cluster}. */
@Command(
        name = "kill",
        description = "Ends an application started with --deploy-mode cluster, its driver and its executors.",
        mixinStandardHelpOptions = true)
final class KillCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "APP", description = "The application, as kindling status names it.")
    private String id;

    @Override
    public Integer call() throws IOException {
        DetachedApplication application = DetachedApplication.named(id);
        System.err.println(ClusterClient.end(application) ? id + " ended" : id + " had ended already");
        return Main.DONE;
    }
}
