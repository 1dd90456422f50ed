package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.GetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.server.programs.SentFiles;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sets and gives what a device runs (P4Runtime 1.5, sections 14 and 15). Any thread; compiling and loading wait. */
final class PipelineConfigs {
    private static final int MOST_TOLD = 4000;

    private final ProgramHost programs;

    PipelineConfigs(ProgramHost programs) {
        this.programs = programs;
    }

    /** A program that could run. */
    record Verified(ProgramImage image, ProgramInfo info, ForwardingPipelineConfig config) {}

    void set(SetForwardingPipelineConfigRequest request, Device device) throws EntityFault {
        switch (request.getAction()) {
            case VERIFY -> verified(request, device);
            case VERIFY_AND_SAVE -> device.save(new SavedPipeline(verified(request, device)));
            case VERIFY_AND_COMMIT -> commit(verified(request, device), device, false);
            case RECONCILE_AND_COMMIT -> commit(verified(request, device), device, true);
            case COMMIT -> commitSaved(request, device);
            case UNSPECIFIED, UNRECOGNIZED ->
                throw EntityFault.invalid("action: is missing; give VERIFY_AND_COMMIT to run the program");
        }
    }

    private void commitSaved(SetForwardingPipelineConfigRequest request, Device device) throws EntityFault {
        if (request.hasConfig()) {
            throw EntityFault.invalid("config: COMMIT runs what was saved; leave it out, or use VERIFY_AND_COMMIT");
        }
        SavedPipeline saved = device.saved();
        if (saved == null) {
            throw EntityFault.missing(
                    "action=COMMIT: nothing was saved; use VERIFY_AND_SAVE first, or VERIFY_AND_COMMIT");
        }
        ForwardingPipeline runs = commit(saved.verified(), device, false);
        saved.replay(runs, device.digests());
    }

    private static Verified verified(SetForwardingPipelineConfigRequest request, Device device) throws EntityFault {
        if (!request.hasConfig()) {
            throw EntityFault.invalid(
                    "config: is missing; give the program's text in p4_device_config, and its P4Info");
        }
        ForwardingPipelineConfig config = request.getConfig();
        if (!config.hasP4Info()) {
            throw EntityFault.invalid(
                    "config.p4info: is missing; 'weir p4 compile --format p4info_binary PROGRAM.p4' makes it");
        }
        ProgramImage image = compiled(config.getP4DeviceConfig(), name(config, device));
        ProgramInfo info = device.info(image);
        String difference = InfoAgreement.difference(config.getP4Info(), info.info());
        if (difference != null) {
            throw EntityFault.invalid("config." + difference
                    + "; make both of one program: 'weir p4 compile --format p4info_binary PROGRAM.p4'");
        }
        return new Verified(image, info, config);
    }

    private static String name(ForwardingPipelineConfig config, Device device) {
        String name = config.getP4Info().getPkgInfo().getName();
        return P4Compiler.nameOf(name.matches("[A-Za-z0-9_-]{1,64}") ? name : device.node());
    }

    private static ProgramImage compiled(ByteString text, String name) throws EntityFault {
        if (text.isEmpty())
            throw EntityFault.invalid("config.p4_device_config: is empty; give the program's text in P4");
        Diagnostics diagnostics = new Diagnostics();
        SourceFile file = SourceFile.of(name + ".p4", text.toString(StandardCharsets.UTF_8));
        ProgramImage image = ProgramImage.compile(name, file, new SentFiles(Map.of()), Map.of(), null, diagnostics);
        if (image == null) {
            String told = diagnostics.render();
            throw EntityFault.invalid("config.p4_device_config: is no program that can run; correct it\n"
                    + told.substring(0, Math.min(told.length(), MOST_TOLD)));
        }
        return image;
    }

    private ForwardingPipeline commit(Verified verified, Device device, boolean keepsEntries) throws EntityFault {
        ForwardingPipeline before = keepsEntries ? device.pipeline() : null;
        if (before != null) verified.info().translations().inherit(before.info().translations());
        try {
            ProgramRuntime runs = programs.load(verified.image(), device.node(), keepsEntries);
            ForwardingPipeline pipeline = new ForwardingPipeline(runs, verified.info(), verified.config());
            device.configured(pipeline);
            return pipeline;
        } catch (ProgramHost.HostException e) {
            throw new EntityFault(Code.INVALID_ARGUMENT, "config: cannot run here: " + e.getMessage());
        }
    }

    /** Null where nothing runs. */
    static @Nullable ForwardingPipelineConfig get(GetForwardingPipelineConfigRequest request, Device device)
            throws EntityFault {
        ForwardingPipelineConfig config = device.config();
        if (config == null) return null;
        ForwardingPipelineConfig.Builder given = config.toBuilder();
        switch (request.getResponseType()) {
            case ALL -> {}
            case COOKIE_ONLY -> given.clearP4Info().clearP4DeviceConfig();
            case P4INFO_AND_COOKIE -> given.clearP4DeviceConfig();
            case DEVICE_CONFIG_AND_COOKIE -> given.clearP4Info();
            case UNRECOGNIZED ->
                throw EntityFault.invalid(
                        "response_type=" + request.getResponseTypeValue() + ": is none of the standard's");
        }
        return given.build();
    }
}
