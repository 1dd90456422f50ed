package dev.weir.server.api;

import dev.weir.api.v1.ApplyTemplatesResponse;
import dev.weir.api.v1.ListTemplatesResponse;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcFault;
import dev.weir.p4.tc.TemplateStore;
import dev.weir.p4.tc.TemplateStore.TemplateException;

/** P4TC's templates: what programs of their names begin with. Any thread. */
final class TemplateCalls {
    private final TemplateStore store = new TemplateStore();

    ApplyTemplatesResponse apply(String script) {
        try {
            return ApplyTemplatesResponse.newBuilder()
                    .setDone(store.script(script))
                    .build();
        } catch (TemplateException e) {
            throw Refusal.field("script", String.valueOf(e.getMessage()).stripTrailing());
        }
    }

    ListTemplatesResponse list(String path) {
        if (path.length() > 1000) throw Refusal.field("path", "is too long; give pipeline/NAME");
        try {
            return ListTemplatesResponse.newBuilder()
                    .setText(store.execute("get " + (path.isBlank() ? "pipeline/" : path)))
                    .build();
        } catch (TcFault e) {
            throw Refusal.field("path", String.valueOf(e.getMessage()));
        }
    }

    /** A program as the pipeline of its name has it begin. */
    ProgramImage instantiated(ProgramImage image, PortNames ports) {
        try {
            return store.instantiate(image, ports);
        } catch (TemplateException e) {
            throw Refusal.field("name", String.valueOf(e.getMessage()).stripTrailing());
        }
    }
}
