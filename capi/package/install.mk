# Installing, and the static library.

## static: build/libgosandbox.a, for programs that carry the library in them
.PHONY: static
static: $(BUILD)/libgosandbox.a

# One object in which everything but the interface is local: nothing of Go or cgo can collide with the host's names.
$(BUILD)/libgosandbox.a: $(GO_SOURCES) capi/package/install.mk | tools
	@mkdir -p $(BUILD)/archive
	CGO_ENABLED=1 $(GO) build -buildmode=c-archive -trimpath -ldflags '-s -w -checklinkname=0' -o $(BUILD)/archive/go.a ./capi
	ld -r -d --wrap=pthread_create --wrap=mmap --whole-archive $(BUILD)/archive/go.a -o $(BUILD)/archive/gosandbox.o
	objcopy --wildcard --keep-global-symbol='gosandbox_*' $(BUILD)/archive/gosandbox.o
	@rm -f $@
	ar rcs $@ $(BUILD)/archive/gosandbox.o
	@rm -rf $(BUILD)/archive

FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|; s|@SONAME@|$(SONAME)|' \
	-e "s|@INCLUDE_FROM_HERE@|$$(realpath -ms --relative-to=$(LIBDIR)/cmake/gosandbox $(PREFIX)/include)|"

## install: into PREFIX (/usr/local), below DESTDIR when that is set; with libgosandbox.a after "make static"
.PHONY: install
install: $(LIB)
	install -d $(DESTDIR)$(PREFIX)/include/gosandbox $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(LIBDIR)/cmake/gosandbox
	install -m 644 include/sandbox.h include/sandbox.hpp $(DESTDIR)$(PREFIX)/include/gosandbox/
	install -m 755 $(BUILD)/$(SONAME) $(DESTDIR)$(LIBDIR)/libgosandbox.so.$(VERSION)
	ln -sf libgosandbox.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libgosandbox.so
	if [ -f $(BUILD)/libgosandbox.a ]; then install -m 644 $(BUILD)/libgosandbox.a $(DESTDIR)$(LIBDIR)/; fi
	$(FILL_IN) capi/package/gosandbox.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/gosandbox.pc
	$(FILL_IN) capi/package/gosandboxConfig.cmake.in > $(DESTDIR)$(LIBDIR)/cmake/gosandbox/gosandboxConfig.cmake
	$(FILL_IN) capi/package/gosandboxConfigVersion.cmake.in > $(DESTDIR)$(LIBDIR)/cmake/gosandbox/gosandboxConfigVersion.cmake
