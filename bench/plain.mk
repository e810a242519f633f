# The plain way to the same reports: papermill's and nbconvert's command lines, from make.
# make -f plain.mk BIN=… ROOT=… DISTRICTS="…" LANGUAGES="…"

CHAPTERS := $(filter-out 1_% 7_%,$(basename $(notdir $(wildcard $(ROOT)/notebooks/*.ipynb))))
OUT      := $(ROOT)/plain

define ingest
$(OUT)/$(1)/1_ingest.ipynb:
	@mkdir -p $$(@D)
	@$(BIN)/papermill --cwd $(ROOT)/notebooks -p district $(1) --no-progress-bar \
		$(ROOT)/notebooks/1_ingest.ipynb $$@ 2>/dev/null
endef

define chapter
all: $(OUT)/$(1)/$(2)/$(3).html
$(OUT)/$(1)/$(2)/$(3).html: $(OUT)/$(1)/1_ingest.ipynb
	@mkdir -p $$(@D)
	@$(BIN)/papermill --cwd $(ROOT)/notebooks -p district $(1) -p language $(2) --no-progress-bar \
		$(ROOT)/notebooks/$(3).ipynb $$(@:.html=.ipynb) 2>/dev/null
	@$(BIN)/jupyter nbconvert --to html --no-input --log-level ERROR $$(@:.html=.ipynb)
endef

.PHONY: all
all:
$(foreach d,$(DISTRICTS),$(eval $(call ingest,$(d))))
$(foreach d,$(DISTRICTS),$(foreach l,$(LANGUAGES),$(foreach c,$(CHAPTERS),\
	$(eval $(call chapter,$(d),$(l),$(c))))))
