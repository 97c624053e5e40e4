package dev.kindling.driver.launch;

import java.util.List;

/** Serves masters beyond the local ones; found by {@code ServiceLoader}, safe for any thread. */
public interface ClusterLauncherProvider {
    /** Whether this master is one of its own. */
    boolean serves(String master);

    /** Masters as people would write them, for the message about a bad one. */
    List<String> examples();

    /** A launcher for one application; nothing is started yet. */
    ClusterLauncher launcher(String master, LaunchContext context);
}
