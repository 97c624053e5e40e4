package dev.kindling.driver.launch;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Serves masters beyond the local ones; found by {@code ServiceLoader}, safe for any thread. */
public interface ClusterLauncherProvider {
    /** Whether this master is one of its own. */
    boolean serves(String master);

    /** Masters as people would write them, for the message about a bad one. */
    List<String> examples();

    /**
     * An address of this machine under which the cluster's machines reach a driver here, for users who name none; see
     * {@link dev.kindling.rpc.LocalAddresses#routeTo}.
     *
     * @param settings {@code kindling.*} keys that are set
     * @throws IOException when it cannot be said
     */
    String driverHost(String master, Map<String, String> settings) throws IOException;

    /**
     * Runs a program with its driver inside the cluster, and says on standard error how that goes.
     *
     * @return the exit code of the driver, or 0 at once for a program that is detached
     */
    int runInCluster(SubmittedProgram program) throws IOException;

    /** A launcher for one application; nothing is started yet. */
    ClusterLauncher launcher(String master, LaunchContext context);
}
